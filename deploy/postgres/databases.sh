#!/bin/sh
# Runs once, when the data folder is new: a role and a database each for Airflow and for the registry.
# Their passwords are read out of the addresses in the secrets: postgresql+psycopg://ROLE:PASSWORD@HOST/DATABASE
set -eu
for name in airflow mlflow; do
  password=$(sed -E 's|^[^:]+://[^:]+:([^@]+)@.*$|\1|' "/run/secrets/${name}_database")
  psql --set ON_ERROR_STOP=1 --username postgres --set role="$name" --set password="$password" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"role" OWNER :"role";
SQL
done
