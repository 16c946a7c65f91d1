"""Models, systems, their calibration, predictions and picks. Nothing here knows a result of its own week."""
