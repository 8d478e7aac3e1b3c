-- Lines that stand: no repeated serial number, no orphan, refunds netted, with what their visit and bill tell of them.

CREATE OR REPLACE MACRO full_years(d, born) AS
  CASE WHEN born <= d THEN year(d) - year(born)
       - CASE WHEN month(d) * 100 + day(d) >= month(born) * 100 + day(born) THEN 0 ELSE 1 END END;

CREATE OR REPLACE TABLE later_line AS  -- a serial number seen before, in the order of files and rows
WITH twice AS (SELECT bkkp_sn FROM landed_line GROUP BY bkkp_sn HAVING count(*) > 1)
SELECT filename, file_row_number FROM (
  SELECT filename, file_row_number, row_number() OVER (PARTITION BY bkkp_sn ORDER BY filename, file_row_number) AS place
  FROM landed_line SEMI JOIN twice USING (bkkp_sn)
) WHERE place > 1;

CREATE OR REPLACE TABLE line_refund AS
WITH RECURSIVE refunds AS (
  SELECT bkkp_sn, init_feedetl_sn AS root, cnt, det_item_fee_sumamt, inscp_amt
  FROM landed_line ANTI JOIN later_line USING (filename, file_row_number)
  WHERE refund AND vali_flag = 1 AND init_feedetl_sn IS NOT NULL
    AND cnt IS NOT NULL AND det_item_fee_sumamt IS NOT NULL AND inscp_amt IS NOT NULL
),
ends AS (
  SELECT l.bkkp_sn, l.refund, l.init_feedetl_sn
  FROM landed_line l SEMI JOIN (SELECT root FROM refunds UNION SELECT bkkp_sn FROM refunds) r ON l.bkkp_sn = r.root
  ANTI JOIN later_line USING (filename, file_row_number)
  WHERE l.vali_flag = 1
),
chain AS (
  SELECT bkkp_sn, root, 1 AS links, abs(cnt) AS cnt, abs(det_item_fee_sumamt) AS fee, abs(inscp_amt) AS inscp
  FROM refunds
  UNION ALL
  SELECT c.bkkp_sn, e.init_feedetl_sn, c.links + 1, c.cnt, c.fee, c.inscp
  FROM chain c JOIN ends e ON e.bkkp_sn = c.root AND e.refund WHERE c.links < 4
)
SELECT c.bkkp_sn, c.root, c.cnt, c.fee, c.inscp FROM chain c JOIN ends e ON e.bkkp_sn = c.root AND NOT e.refund;

-- All a line is told by its visit in one row, so that lines meet one table and not three.
CREATE OR REPLACE TABLE told AS
SELECT w.mdtrt_id, coalesce(v.med_type, a.med_type) AS med_type, v.med_type IS NOT NULL AS visited, a.insutype,
       coalesce(a.gend, v.gend) AS gend, a.insu_admdvs, coalesce(a.brdy, v.brdy) AS brdy,
       v.begntime::DATE AS visit_begin, v.endtime::DATE AS visit_end, v.dscg_maindiag_code AS main_diag,
       v.adm_dept_codg, v.dscg_way, a.hi_paymtd
FROM (SELECT DISTINCT mdtrt_id FROM landed_visit) w LEFT JOIN visit v USING (mdtrt_id)
LEFT JOIN visit_bill a USING (mdtrt_id);

CREATE OR REPLACE TABLE line AS
WITH back AS (SELECT root AS bkkp_sn, sum(cnt) AS cnt, sum(inscp) AS inscp FROM line_refund GROUP BY root)
SELECT l.bkkp_sn, l.setl_id, l.mdtrt_id, l.psn_no, l.fixmedins_code, l.fee_ocur_time,
       l.fee_ocur_time::DATE AS fee_date, l.med_list_codg, l.hilist_name,
       CASE WHEN l.list_type IN (SELECT code FROM dictionary WHERE name = 'list_type') THEN l.list_type END
         AS list_type,
       l.med_chrgitm_type, l.cnt, l.pric, l.bilg_dept_codg, l.bilg_dr_code, l.acord_dept_codg, l.acord_dr_code, l.rx_drord_no,
       l.rx_flag,
       l.prd_days, l.etip_flag, l.drug_trac_codg, l.trdn_flag,
       greatest(l.cnt - coalesce(k.cnt, 0), 0)::DECIMAL(16, 4) AS net_cnt,
       greatest(l.inscp_amt - coalesce(k.inscp, 0), 0)::DECIMAL(16, 2) AS net_inscp,
       CASE WHEN v.visited THEN v.med_type ELSE coalesce(s.med_type, v.med_type) END AS med_type,
       coalesce(s.insutype, v.insutype) AS insutype, coalesce(s.gend, v.gend) AS gend,
       coalesce(s.insu_admdvs, v.insu_admdvs) AS insu_admdvs,
       full_years(l.fee_ocur_time::DATE, coalesce(s.brdy, v.brdy)) AS age,
       v.visit_begin, v.visit_end, v.main_diag, v.adm_dept_codg, v.dscg_way,
       coalesce(s.hi_paymtd, v.hi_paymtd) AS hi_paymtd, s.fund_share, d.domain, i.fix_blng_admdvs, i.fixmedins_type,
       coalesce(CASE WHEN v.visited THEN v.med_type ELSE coalesce(s.med_type, v.med_type) END
         SIMILAR TO '(2[1-7]|52).*', false) AS inpatient
FROM landed_line l
ANTI JOIN later_line x ON x.filename = l.filename AND x.file_row_number = l.file_row_number
JOIN told v ON v.mdtrt_id = l.mdtrt_id
LEFT JOIN back k ON k.bkkp_sn = l.bkkp_sn
LEFT JOIN bill s ON s.setl_id = l.setl_id AND s.mdtrt_id = l.mdtrt_id
LEFT JOIN institution i ON i.fixmedins_code = l.fixmedins_code
LEFT JOIN item_domain d ON d.code = coalesce(l.med_list_codg, '') AND d.name = coalesce(l.hilist_name, '')
                       AND d.charge = coalesce(l.med_chrgitm_type, '')
WHERE NOT l.refund AND l.vali_flag = 1
  AND l.mdtrt_id IS NOT NULL AND l.psn_no IS NOT NULL AND l.hilist_name IS NOT NULL
  AND l.cnt IS NOT NULL AND l.pric IS NOT NULL AND l.det_item_fee_sumamt IS NOT NULL AND l.inscp_amt IS NOT NULL
  AND l.fee_ocur_time >= (getvariable('chunk_first') || '-01')::DATE
  AND l.fee_ocur_time < (getvariable('chunk_last') || '-01')::DATE + INTERVAL 1 MONTH
  AND l.med_chrgitm_type IN (SELECT code FROM dictionary WHERE name = 'med_chrgitm_type')
  AND l.fixmedins_code IN (SELECT fixmedins_code FROM landed_institution)
  AND NOT coalesce(s.gone, false)
  AND l.cnt - coalesce(k.cnt, 0) > 0;

-- Closed in-patient stays that the fund paid for in the end.
CREATE OR REPLACE TABLE stay AS
SELECT mdtrt_id, psn_no, fixmedins_code, begntime::DATE AS stay_begin, endtime::DATE AS stay_end,
       dscg_maindiag_code AS stay_diag, dscg_way AS stay_dscg_way
FROM visit
SEMI JOIN (SELECT mdtrt_id FROM bill GROUP BY mdtrt_id HAVING sum(net_medfee) > 0) USING (mdtrt_id)
WHERE inpatient AND endtime IS NOT NULL;

DROP TABLE landed_line;
