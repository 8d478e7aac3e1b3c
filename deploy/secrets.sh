#!/bin/sh
# Writes the stack's secrets into deploy/secrets (or the folder named), which its owner alone may enter, and never overwrites
# one. The files themselves are readable: each is mounted alone, into services of several users that must all read it.
# The login of the reports and the certificate are the office's own: put proxy_users (lines `NAME BCRYPT-HASH`),
# proxy_certificate and proxy_key there too; without them a certificate for localhost is made.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"
random() { head -c 32 /dev/urandom | od -An -tx1 | tr -d ' \n'; }
keep() { [ -e "$1" ] || printf '%s' "$2" > "$1"; }
keep postgres_password "$(random)"
keep airflow_database "postgresql+psycopg://airflow:$(random)@postgres:5432/airflow"
keep mlflow_database "postgresql+psycopg://mlflow:$(random)@postgres:5432/mlflow"
keep airflow_fernet_key "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_')"
keep airflow_secret_key "$(random)"
keep airflow_jwt_secret "$(random)$(random)"
if [ ! -e proxy_certificate ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
    -keyout proxy_key -out proxy_certificate 2>/dev/null
fi
chmod 444 ./*
[ -e proxy_users ] || echo "secrets: write $folder/proxy_users: a line NAME HASH per person (caddy hash-password)" >&2
