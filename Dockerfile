# One image for every service of ours: the command line, Airflow, Spark and MLflow resolve together in one lock.
FROM python:3.11.14-slim-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends openjdk-17-jre-headless postgresql-client-15 procps tini \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 fundwatch \
 && useradd --uid 10001 --gid 10001 --home-dir /var/lib/fundwatch --create-home --shell /usr/sbin/nologin fundwatch \
 && install -d -o fundwatch -g fundwatch /var/lib/airflow /var/lib/mlflow /data/homes /data/keys /data/landing /data/backups /scratch

WORKDIR /opt/fundwatch
COPY tools/bootstrap.lock requirements-stack.lock ./
RUN pip install --no-cache-dir --require-hashes -r bootstrap.lock \
 && uv pip install --system --no-cache --compile-bytecode --require-hashes -r requirements-stack.lock

COPY . .
RUN uv pip install --system --no-cache --compile-bytecode --no-deps --no-build-isolation . \
 && install -m 0755 deploy/healthy.py /usr/local/bin/fundwatch-healthy

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    SCARF_ANALYTICS=false GX_ANALYTICS_ENABLED=false MLFLOW_DISABLE_TELEMETRY=true DO_NOT_TRACK=1
USER 10001:10001
ENTRYPOINT ["tini", "--"]
CMD ["fundwatch", "--help"]
