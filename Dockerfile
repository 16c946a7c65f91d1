# One image, three roles (see compose.yaml): webserver, daemon, command line.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    DAGSTER_HOME=/data/dagster \
    NBA_ASSETS_HOME=/data

WORKDIR /opt/nba_assets
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY pyproject.toml README.md LICENSE dagster.yaml workspace.yaml ./
COPY nba_assets ./nba_assets
RUN pip install --no-deps . \
    && useradd --create-home --uid 1000 nba \
    && mkdir -p /data/dagster \
    && sed '/^storage:/,/^$/d' dagster.yaml > /data/dagster/dagster.yaml \
    && chown -R nba /data

USER nba
VOLUME /data
EXPOSE 3000
CMD ["dagster-webserver", "-h", "0.0.0.0", "-p", "3000", "-w", "/opt/nba_assets/workspace.yaml"]
