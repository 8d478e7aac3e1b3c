"""疑点名单: from findings and evidence to the ranked list, its files and its report."""

from jobs.cases.build import build
from jobs.cases.context import RunContext, case_id
from jobs.cases.publish import publish, staging

__all__ = ["RunContext", "build", "case_id", "publish", "staging"]
