-- The claim tables as landed: typed, tidied, judged, refunds netted. One row of `line` = one charged line that stands.
-- Rows that would be quarantined are simply left out; a peer owes nobody a reason.

CREATE OR REPLACE MACRO tidy(x) AS nullif(trim(x, ' ' || chr(9)), '');
CREATE OR REPLACE MACRO broken(x) AS coalesce(contains(x, chr(0)) OR (strlen(x) > 4000 AND length(x) > 4000), false);
CREATE OR REPLACE MACRO sane(x) AS year(x) BETWEEN 1900 AND 2100;
CREATE OR REPLACE MACRO flag(x) AS CASE WHEN x IN (0, 1) THEN x END;

CREATE OR REPLACE TABLE institution AS
SELECT fixmedins_code, fixmedins_type, tidy(fixmedins_name) AS fixmedins_name, hosp_lv, medins_type, biznat,
       fix_blng_admdvs, aprv_bed_cnt
FROM (
  SELECT *, row_number() OVER (PARTITION BY tidy(fixmedins_code) ORDER BY filename, file_row_number) AS place
  FROM read_parquet(getvariable('fixmedins_b'), filename = true, file_row_number = true)
)
WHERE place = 1 AND vali_flag = 1 AND tidy(fixmedins_code) IS NOT NULL;

CREATE OR REPLACE TABLE all_level AS
SELECT fixmedins_code, fixmedins_type,
       CASE WHEN lv BETWEEN 1 AND 4 OR lv = 12 THEN 'tertiary' WHEN lv BETWEEN 5 AND 7 OR lv = 13 THEN 'secondary'
            WHEN lv BETWEEN 8 AND 10 OR lv = 14 THEN 'primary' ELSE 'ungraded' END AS level
FROM (SELECT *, coalesce(TRY_CAST(trim(hosp_lv) AS INTEGER), 0) AS lv FROM institution);

CREATE OR REPLACE VIEW house_level AS  -- shops are no houses to be compared with
SELECT fixmedins_code, level FROM all_level WHERE fixmedins_type IS DISTINCT FROM '2';

CREATE OR REPLACE TABLE landed_institution AS
SELECT DISTINCT tidy(fixmedins_code) AS fixmedins_code FROM read_parquet(getvariable('fixmedins_b'));

CREATE OR REPLACE TABLE person AS
SELECT psn_no, gend, brdy, die_date
FROM (
  SELECT tidy(psn_no) AS psn_no, gend, CASE WHEN sane(brdy) THEN brdy END AS brdy,
         CASE WHEN sane(die_date) THEN die_date END AS die_date,
         row_number() OVER (PARTITION BY tidy(psn_no) ORDER BY filename, file_row_number) AS place
  FROM read_parquet(getvariable('psn_info_b'), filename = true, file_row_number = true)
)
WHERE place = 1 AND psn_no IS NOT NULL;

-- Visits. Every landed visit counts for "is this line an orphan", only good ones tell anything.
CREATE OR REPLACE TABLE landed_visit AS
SELECT tidy(mdtrt_id) AS mdtrt_id, tidy(psn_no) AS psn_no, tidy(fixmedins_code) AS fixmedins_code,
       tidy(med_type) AS med_type, begntime, endtime, tidy(chfpdr_code) AS chfpdr_code,
       tidy(adm_dept_codg) AS adm_dept_codg, tidy(dscg_maindiag_code) AS dscg_maindiag_code, tidy(dscg_way) AS dscg_way,
       die_date, vali_flag, filename, file_row_number
FROM read_parquet(getvariable('mdtrt_d'), filename = true, file_row_number = true)
WHERE tidy(mdtrt_id) IS NOT NULL;

CREATE OR REPLACE TABLE visit AS
WITH twice AS (SELECT mdtrt_id FROM landed_visit GROUP BY mdtrt_id HAVING count(*) > 1),
first_of AS (
  SELECT mdtrt_id, min({f: filename, r: file_row_number}) AS place
  FROM landed_visit SEMI JOIN twice USING (mdtrt_id) GROUP BY mdtrt_id
)
SELECT v.mdtrt_id, v.psn_no, v.fixmedins_code, v.med_type, v.begntime,
       CASE WHEN sane(v.endtime) THEN v.endtime END AS endtime, v.chfpdr_code, v.adm_dept_codg, v.dscg_maindiag_code,
       v.dscg_way, v.die_date, p.gend, p.brdy,
       coalesce(regexp_matches(v.med_type, '^(2[1-7]|52)'), false) AS inpatient
FROM landed_visit v
LEFT JOIN first_of f USING (mdtrt_id)
LEFT JOIN person p USING (psn_no)
WHERE (f.place IS NULL OR f.place = {f: v.filename, r: v.file_row_number})
  AND v.vali_flag = 1 AND v.psn_no IS NOT NULL AND v.med_type IS NOT NULL AND sane(v.begntime)
  AND (v.endtime IS NULL OR sane(v.endtime) OR v.endtime::DATE = DATE '9999-12-31')
  AND coalesce(v.endtime::DATE >= v.begntime::DATE, true)
  AND coalesce(sane(v.die_date), true)
  AND v.fixmedins_code IN (SELECT fixmedins_code FROM landed_institution);

-- Settlements and what their refunds took back, through at most four links of refunds of refunds.
CREATE OR REPLACE TABLE landed_bill AS
SELECT tidy(setl_id) AS setl_id, tidy(mdtrt_id) AS mdtrt_id, tidy(init_setl_id) AS init_setl_id,
       tidy(psn_no) AS psn_no, gend, brdy, insutype, insu_admdvs, fixmedins_code, fix_blng_admdvs, med_type,
       mdtrt_cert_type, begndate, enddate, setl_time, medfee_sumamt, inscp_amt, fund_pay_sumamt, cash_payamt, psn_pay,
       hi_paymtd, refd_setl_flag, vali_flag, filename, file_row_number,
       coalesce(medfee_sumamt < 0, false) OR coalesce(inscp_amt < 0, false) OR coalesce(fund_pay_sumamt < 0, false)
         OR coalesce(refd_setl_flag = 1, false) AS refund
FROM read_parquet(getvariable('setl_d'), filename = true, file_row_number = true)
WHERE tidy(setl_id) IS NOT NULL;

CREATE OR REPLACE TABLE first_bill AS
WITH twice AS (SELECT setl_id FROM landed_bill GROUP BY setl_id HAVING count(*) > 1),
first_of AS (
  SELECT setl_id, min({f: filename, r: file_row_number}) AS place
  FROM landed_bill SEMI JOIN twice USING (setl_id) GROUP BY setl_id
)
SELECT b.* FROM landed_bill b LEFT JOIN first_of f USING (setl_id)
WHERE (f.place IS NULL OR f.place = {f: b.filename, r: b.file_row_number}) AND b.vali_flag = 1;

CREATE OR REPLACE TABLE bill_refund AS
WITH RECURSIVE chain AS (
  SELECT setl_id, init_setl_id AS root, 1 AS links, abs(medfee_sumamt) AS fee, abs(inscp_amt) AS inscp,
         abs(fund_pay_sumamt) AS fund
  FROM first_bill WHERE refund AND init_setl_id IS NOT NULL
    AND medfee_sumamt IS NOT NULL AND inscp_amt IS NOT NULL AND fund_pay_sumamt IS NOT NULL
  UNION ALL
  SELECT c.setl_id, b.init_setl_id, c.links + 1, c.fee, c.inscp, c.fund
  FROM chain c JOIN first_bill b ON b.setl_id = c.root AND b.refund WHERE c.links < 4
)
SELECT c.setl_id, c.root, c.fee, c.inscp, c.fund
FROM chain c JOIN first_bill b ON b.setl_id = c.root AND NOT b.refund;

CREATE OR REPLACE TABLE bill AS
WITH back AS (
  SELECT root AS setl_id, sum(fee) AS fee, sum(inscp) AS inscp, sum(fund) AS fund FROM bill_refund GROUP BY root
)
SELECT b.setl_id, b.mdtrt_id, b.psn_no, b.gend, b.brdy, b.insutype, b.insu_admdvs, b.fixmedins_code,
       b.fix_blng_admdvs, b.med_type, b.mdtrt_cert_type, b.begndate, b.enddate, b.setl_time, b.cash_payamt, b.refund,
       CASE WHEN b.hi_paymtd IN (SELECT code FROM dictionary WHERE name = 'hi_paymtd') THEN b.hi_paymtd END
         AS hi_paymtd,
       CASE WHEN b.refund THEN 0 ELSE greatest(b.medfee_sumamt - coalesce(k.fee, 0), 0) END::DECIMAL(16, 2)
         AS net_medfee,
       CASE WHEN b.refund THEN 0 ELSE greatest(b.inscp_amt - coalesce(k.inscp, 0), 0) END::DECIMAL(16, 2)
         AS net_inscp,
       CASE WHEN b.refund THEN 0 ELSE greatest(b.fund_pay_sumamt - coalesce(k.fund, 0), 0) END::DECIMAL(16, 2)
         AS net_fund,
       CASE WHEN b.inscp_amt <> 0
            THEN least(greatest(b.fund_pay_sumamt::DOUBLE / b.inscp_amt::DOUBLE, 0), 1) END AS fund_share,
       b.medfee_sumamt > 0.02
         AND (CASE WHEN b.refund THEN 0 ELSE greatest(b.medfee_sumamt - coalesce(k.fee, 0), 0) END) <= 0.02 AS gone
FROM first_bill b LEFT JOIN back k USING (setl_id)
WHERE b.mdtrt_id IN (SELECT mdtrt_id FROM landed_visit)
  AND b.fixmedins_code IN (SELECT fixmedins_code FROM landed_institution)
  AND b.gend IN (SELECT code FROM dictionary WHERE name = 'gend')
  AND b.insutype IN (SELECT code FROM dictionary WHERE name = 'insutype')
  AND b.med_type IN (SELECT code FROM dictionary WHERE name = 'med_type')
  AND b.psn_no IS NOT NULL AND b.insu_admdvs IS NOT NULL AND b.fix_blng_admdvs IS NOT NULL AND b.psn_pay IS NOT NULL
  AND b.medfee_sumamt IS NOT NULL AND b.inscp_amt IS NOT NULL AND b.fund_pay_sumamt IS NOT NULL
  AND b.refd_setl_flag IN (0, 1) AND sane(b.brdy) AND sane(b.setl_time) AND sane(b.begndate) AND sane(b.enddate)
  AND b.enddate >= b.begndate
  AND (NOT b.refund OR b.setl_id IN (SELECT setl_id FROM bill_refund));

-- The bill that stands for its visit: no refund before a refund, then the smallest number.
CREATE OR REPLACE TABLE visit_bill AS
SELECT mdtrt_id, gend, brdy, insutype, insu_admdvs, med_type, hi_paymtd
FROM bill QUALIFY row_number() OVER (PARTITION BY mdtrt_id ORDER BY refund, setl_id) = 1;

-- Lines.
CREATE OR REPLACE TABLE landed_line AS
SELECT tidy(bkkp_sn) AS bkkp_sn, tidy(setl_id) AS setl_id, tidy(mdtrt_id) AS mdtrt_id, tidy(psn_no) AS psn_no,
       tidy(fixmedins_code) AS fixmedins_code, fee_ocur_time, tidy(med_list_codg) AS med_list_codg,
       tidy(hilist_name) AS hilist_name, list_type, med_chrgitm_type, cnt, pric, det_item_fee_sumamt, inscp_amt,
       tidy(bilg_dept_codg) AS bilg_dept_codg, tidy(bilg_dr_code) AS bilg_dr_code,
       tidy(acord_dept_codg) AS acord_dept_codg, tidy(acord_dr_code) AS acord_dr_code, tidy(rx_drord_no) AS rx_drord_no, flag(rx_flag) AS rx_flag, prd_days,
       flag(etip_flag) AS etip_flag, tidy(drug_trac_codg) AS drug_trac_codg, flag(trdn_flag) AS trdn_flag,
       tidy(init_feedetl_sn) AS init_feedetl_sn, vali_flag, filename, file_row_number,
       coalesce(cnt < 0, false) OR coalesce(det_item_fee_sumamt < 0, false) OR coalesce(inscp_amt < 0, false) AS refund
FROM read_parquet(getvariable('fee_list_d'), filename = true, file_row_number = true)
WHERE tidy(bkkp_sn) IS NOT NULL
  AND NOT (broken(bkkp_sn) OR broken(setl_id) OR broken(mdtrt_id) OR broken(psn_no) OR broken(fixmedins_code)
    OR broken(med_list_codg) OR broken(hilist_code) OR broken(hilist_name) OR broken(bilg_dept_codg)
    OR broken(bilg_dr_code) OR broken(acord_dept_codg) OR broken(acord_dr_code) OR broken(rx_drord_no)
    OR broken(drug_trac_codg) OR broken(init_feedetl_sn));
