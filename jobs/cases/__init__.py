"""疑点名单: from findings and evidence to the ranked list, its files and its report.

Its modules are imported by name: whoever only needs the facts of a run does not wait for workbooks and templates.
"""
