"""The words of the page: every notice and exit code in Chinese and English, and what to do about each."""

from __future__ import annotations

# kind -> what is the matter (zh, en), what to do (zh, en)
NOTICES: dict[str, tuple[str, str, str, str]] = {
    "service": (
        "服务 {name} 没有应答",
        "{name} does not answer",
        "docker compose ps 查看状态, docker compose logs 查看原因, 再 docker compose up -d",
        "Look at docker compose ps and its logs, then docker compose up -d.",
    ),
    "workers": (
        "没有可用的 Spark 工作节点, 任务会一直等待",
        "No Spark worker is alive: steps wait",
        "docker compose up -d spark-worker-1 spark-worker-2; 等待中的任务会自动继续",
        "docker compose up -d spark-worker-1 spark-worker-2; steps that wait go on by themselves.",
    ),
    "disk": (
        "{place} 所在磁盘只剩 {free} GiB",
        "Only {free} GiB are free where {place} lie",
        "扩容, 或按运行手册“磁盘已满”一节清理; 不要手工删除单个月份的文件",
        "Add room, or clear what the runbook names under “full disk”; never delete files of single months by hand.",
    ),
    "backup": (
        "最近一次备份: {when}",
        "The newest backup is of {when}",
        "docker compose run --rm backup, 并查看夜间任务为何没有执行",
        "docker compose run --rm backup, and see why the nightly one did not run.",
    ),
    "outdated": (
        "{layers} 由其他版本写成, 本版本不能继续使用",
        "{layers} were written by another version; steps stop until they are computed again",
        "fundwatch upgrade --home …/{area} (从 raw 重新计算, 不需要重新报送)",
        "fundwatch upgrade --home …/{area}: computed again from raw, nothing is handed over again.",
    ),
    "unreadable": (
        "无法读取 {file}",
        "{file} cannot be read",
        "从最近的备份恢复这个统筹区的目录",
        "Restore this area's home from the newest backup.",
    ),
    "step": (
        "步骤 {step} ({period}) 失败, 退出码 {code}: {code_zh}",
        "Step {step} of {period} failed with exit code {code}: {code_en}",
        "在 Airflow 中打开该任务的日志, 按运行手册中的退出码处理, 然后清除 (Clear) 该任务",
        "Open the task's log in Airflow, do what the runbook says for that code, then clear the task.",
    ),
    "waiting": (
        "{months} 已报送完毕, 但两天后仍未计算",
        "{months} arrived complete and is not scored after two days",
        "在 Airflow 中查看 watch_landing 和 score_month: 是否暂停, 是否在等上一个月的批准",
        "Look at watch_landing and score_month in Airflow: paused, or waiting for the approval of the month before?",
    ),
    "incomplete": (
        "{months} 的传输停了一天以上",
        "The transfer of {months} has not moved for a day",
        "联系报送方; fundwatch landing check 会列出缺少的文件",
        "Ask the sender; fundwatch landing check lists what is missing.",
    ),
    "draft": (
        "{periods} 的名单草稿等待批准已超过四天",
        "The drafted list of {periods} has waited for a decision for more than four days",
        "请负责人在 Airflow 的 Required Actions 中批准或驳回",
        "A lead approves or rejects it in Airflow under Required Actions.",
    ),
    "no_run": (
        "最近一次名单是 {when} 的 ({period}), 已超过 45 天",
        "The last list is of {when} ({period}), more than 45 days ago",
        "下个月的数据到了吗? 没有就联系报送方",
        "Has the next month arrived? If not, ask the sender.",
    ),
}

CODES: dict[int, tuple[str, str]] = {
    1: ("意外故障", "unexpected fault"),
    2: ("用法错误", "wrong usage"),
    10: ("配置或数据约定错误", "configuration or contract error"),
    11: ("关键数据期望未通过, 没有发布任何名单", "a critical expectation failed; nothing was published"),
    12: ("输入缺失或无法读取", "input missing or unreadable"),
    20: ("暂时性故障, 会自动重试", "temporary fault, tried again"),
}
HINTS = {"clue": ("疑点", "clues"), "data_quality": ("数据质量", "data quality")}
