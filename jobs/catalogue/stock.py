"""Goods: purchases, counts, sales and capped prices.

Grain: as each table says.
Why: a shortage or a mark-up can only be seen against them.
"""

from jobs.catalogue.model import Table, columns

PURC_D = Table(
    name="purc_d",
    layer="contract",
    key=("purc_sn",),
    month_column=None,
    required=False,
    meaning_zh="采购",
    meaning_en="one purchase or return of goods",
    columns=columns("""
        purc_sn              | string        | R  | 采购流水号 | serial number of the purchase or return
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        med_list_codg        | string        | RE | 医疗目录编码 | national item, drug or consumable code; empty = self-made or unmapped
        spler_name           | string        |    | 供应商名称 | supplier
        manu_lotnum          | string        |    | 生产批号 | lot
        cnt                  | decimal(16,4) | R  | 数量 | quantity
        pric                 | decimal(16,6) | R  | 单价 | unit price in yuan
        plaf_pric            | decimal(16,6) |    | 平台价格 | price on the procurement platform in yuan
        onln_flag            | bool01        |    | 网采标志 | 1 = bought on the platform
        prod_geay_flag       | bool01        |    | 赠送标志 | 1 = gift
        purc_time            | timestamp     | R  | 入库时间 | when the goods came in or went back
    """),
)

INV_D = Table(
    name="inv_d",
    layer="contract",
    key=("fixmedins_code", "med_list_codg", "inv_date"),
    month_column=None,
    required=False,
    meaning_zh="盘存",
    meaning_en="one stock count of one item",
    columns=columns("""
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        med_list_codg        | string        | R  | 医疗目录编码 | national item, drug or consumable code; empty = self-made or unmapped
        inv_date             | date          | R  | 盘存日期 | day of the stock count
        cnt                  | decimal(16,4) | R  | 数量 | quantity
    """),
)

SEL_D = Table(
    name="sel_d",
    layer="contract",
    key=("sel_sn",),
    month_column=None,
    required=False,
    meaning_zh="销售出库",
    meaning_en="one sale or issue of goods, insured and self-paid",
    columns=columns("""
        sel_sn               | string        | R  | 销售流水号 | serial number of the sale or issue
        fixmedins_code       | string        | R  | 定点医药机构编号 | institution (provider)
        med_list_codg        | string        | RE | 医疗目录编码 | national item, drug or consumable code; empty = self-made or unmapped
        setl_id              | string        |    | 结算编号 | settlement
        psn_no               | string        |    | 人员编号(入库即假名化) | insured person, kept only as a keyed pseudonym
        cnt                  | decimal(16,4) | R  | 数量 | quantity
        pric                 | decimal(16,6) | R  | 单价 | unit price in yuan
        mdtrt_setl_type      | string        |    | 结算类别 | 1 insured, 2 self-paid
        drug_trac_codg       | string        |    | 药品追溯码 | trace codes of the boxes, 20 digits, comma-separated
        trdn_flag            | bool01        |    | 拆零标志 | 1 = box sold in parts
        rxno                 | string        |    | 处方号 | prescription
        sel_time             | timestamp     | R  | 销售时间 | when the goods left
    """),
)

VOLUME_PRICE_D = Table(
    name="volume_price_d",
    layer="contract",
    key=("med_list_codg", "admdvs", "begndate"),
    month_column=None,
    required=False,
    meaning_zh="集采与限价",
    meaning_en="one capped price",
    columns=columns("""
        med_list_codg        | string        | R  | 医疗目录编码 | national item, drug or consumable code; empty = self-made or unmapped
        admdvs               | string        | R  | 区划 | area the price holds in
        price_cap            | decimal(16,6) | R  | 限价 | highest price in yuan
        cap_type             | string        | R  | 限价类别 | selected, ceiling or control_target
        begndate             | date          | R  | 开始日期 | first day
        enddate              | date          |    | 结束日期 | last day
    """),
)
