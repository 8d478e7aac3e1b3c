#!/bin/sh
# Brings the registry's database to the layout of the installed MLflow. Usage: registry-migrate.sh FILE-WITH-ITS-ADDRESS
# MLflow takes the address as a word of its command: the password goes by the environment instead.
set -eu
address=$(cat "$1")
PGPASSWORD=$(printf '%s' "$address" | sed -E 's|^[^:]+://[^:]+:([^@]+)@.*$|\1|')
export PGPASSWORD
exec mlflow db upgrade "$(printf '%s' "$address" | sed -E 's|^([^:]+://[^:]+):[^@]+@|\1@|')"
