-- What an institution did in a month: numerators and denominators of every indicator, counted on visits and stays.

CREATE OR REPLACE MACRO named(x) AS
  CASE WHEN upper(trim(x)) IN ('', '0', '-', '--', 'NA', 'N/A', 'NULL', 'NONE', 'UNKNOWN', '无', '未知', '不详', '其他',
                               '默认医师') OR regexp_full_match(trim(x), '[0Xx9*]+') THEN NULL ELSE trim(x) END;
CREATE OR REPLACE MACRO kind_of_visit(med_type, fixmedins_type) AS
  CASE WHEN coalesce(fixmedins_type, '') = '2' OR starts_with(coalesce(med_type, ''), '41') THEN 'pharmacy'
       WHEN starts_with(coalesce(med_type, ''), '2') OR starts_with(coalesce(med_type, ''), '52') THEN 'inpatient'
       ELSE 'outpatient' END;

-- What an item is: told by its most frequent name and charge category.
CREATE OR REPLACE TEMP TABLE item_kind AS
WITH variants AS (
  SELECT coalesce(trim(med_list_codg), '') AS code, coalesce(trim(hilist_name), '') AS name, med_chrgitm_type AS charge,
         list_type, count(*) AS n
  FROM line GROUP BY ALL
),
best AS (
  SELECT code, max({n: n, name: name, charge: charge, list: list_type}) AS b FROM variants
  GROUP BY code, CASE WHEN code = '' THEN name ELSE '' END
)
SELECT CASE WHEN best.code <> '' THEN best.code ELSE '=' || b.name END AS item, d.domain, d.area,
       row_number() OVER ()::INTEGER AS item_id
FROM best LEFT JOIN (SELECT trim(code) AS code, trim(name) AS name, charge, any_value(domain) AS domain,
                            any_value(area) AS area FROM item_domain GROUP BY ALL) d
  ON d.code = best.code AND d.name = b.name AND d.charge = b.charge;

CREATE OR REPLACE TEMP TABLE doctor_name AS
SELECT DISTINCT bilg_dr_code, named(bilg_dr_code) AS doctor FROM line WHERE bilg_dr_code IS NOT NULL;

CREATE OR REPLACE TEMP TABLE visit_month AS
WITH charged AS (
  SELECT (year(fee_date) * 100 + month(fee_date))::INTEGER AS in_month, l.fixmedins_code, l.mdtrt_id, l.psn_no, l.med_type,
         l.fixmedins_type, l.insu_admdvs, l.main_diag, n.doctor, l.fee_ocur_time, l.fee_date, l.net_cnt, l.net_inscp,
         l.prd_days, i.domain, i.area, i.item_id, l.fee_ocur_time::TIME <> TIME '00:00:00' AS timed,
         round(l.net_inscp::DOUBLE * coalesce(l.fund_share, 0) * 100)::BIGINT AS fund_cents
  FROM line l
  LEFT JOIN item_kind i
    ON i.item = CASE WHEN trim(coalesce(l.med_list_codg, '')) <> '' THEN trim(l.med_list_codg)
                     ELSE '=' || trim(l.hilist_name) END
  LEFT JOIN doctor_name n USING (bilg_dr_code)
  WHERE l.fee_date >= (getvariable('chunk_first') || '-01')::DATE
    AND l.fee_date < (getvariable('chunk_last') || '-01')::DATE + INTERVAL 1 MONTH
)
SELECT (in_month // 100) || '-' || lpad((in_month % 100)::VARCHAR, 2, '0') AS stat_month, fixmedins_code, mdtrt_id,
       psn_no, med_type, kind_of_visit(med_type, any_value(fixmedins_type)) AS grp,
       max(insu_admdvs) AS insu_admdvs, max(main_diag) AS main_diag, max(doctor) AS ordering,
       min(fee_ocur_time) AS first_time, count(*) AS lines,
       list_sort(list_distinct(list(item_id))) AS held, len(held) AS items, hash(held) AS bundle,
       sum(net_inscp) AS inscp, sum(fund_cents) / 100.0 AS fund,
       count(*) FILTER (doctor IS NULL) AS doctor_blank, count(*) FILTER (timed) AS timed,
       count(*) FILTER (timed AND (hour(fee_ocur_time) >= 22 OR hour(fee_ocur_time) < 6)) AS night,
       count(*) FILTER (isodow(fee_date) >= 6) AS weekend,
       coalesce(sum(net_inscp) FILTER (day(fee_date) >= 21), 0) AS last10_inscp,
       coalesce(sum(prd_days) FILTER (prd_days > 0), 0) AS supply_days,
       coalesce(sum(net_inscp) FILTER (prd_days > 0), 0) AS supply_inscp,
       coalesce(sum(net_cnt) FILTER (domain IN ('ct', 'mr')), 0) AS ct_mr,
       coalesce(sum(net_cnt) FILTER (domain IN ('ct', 'mr', 'xray', 'ultrasound', 'nuclear')), 0) AS exams,
       coalesce(sum(net_cnt) FILTER (domain = 'imaging_addon'), 0) AS addons,
       coalesce(sum(net_cnt) FILTER (domain = 'film'), 0) AS films,
       coalesce(sum(net_cnt) FILTER (domain IN ('ct', 'mr', 'xray')), 0) AS film_exams,
       coalesce(sum(net_cnt) FILTER (domain = 'ultrasound'), 0) AS us_parts,
       coalesce(sum(net_inscp) FILTER (domain = 'imaging_addon'), 0) AS addon_inscp,
       coalesce(sum(net_inscp) FILTER (domain = 'film'), 0) AS film_inscp,
       coalesce(sum(net_inscp) FILTER (domain = 'ultrasound'), 0) AS us_inscp,
       bit_count(bit_or(CASE domain WHEN 'ct' THEN 1 WHEN 'mr' THEN 2 WHEN 'xray' THEN 4 WHEN 'ultrasound' THEN 8
                            WHEN 'nuclear' THEN 16 ELSE 0 END)) AS kinds,
       coalesce(sum(net_cnt) FILTER (domain = 'lab'), 0) AS labs,
       coalesce(len(list_distinct(list(item_id) FILTER (domain = 'lab'))), 0) AS lab_kinds,
       coalesce(bit_count(bit_or(1 << day(fee_date)) FILTER (domain = 'lab')), 0) AS lab_days,
       coalesce(sum(net_cnt) FILTER (domain IN ('rehab', 'physio')), 0) AS rehabs,
       coalesce(bit_count(bit_or(1 << day(fee_date)) FILTER (domain IN ('rehab', 'physio'))), 0) AS rehab_days,
       coalesce(sum(net_cnt) FILTER (domain = 'tcm'), 0) AS tcms,
       coalesce(sum(net_cnt) FILTER (domain = 'dialysis'), 0) AS dialyses,
       coalesce(sum(net_cnt) FILTER (domain = 'dialysis_kit'), 0) AS kits,
       count(*) FILTER (domain IN ('surgery', 'bone_surgery', 'cardio_intervention')) AS operations,
       count(*) FILTER (domain IN ('drug_west', 'drug_tcm', 'herb')) AS drugs,
       coalesce(sum(net_inscp) FILTER (area = 'imaging'), 0) AS imaging_inscp,
       coalesce(sum(net_inscp) FILTER (area = 'laboratory'), 0) AS laboratory_inscp,
       coalesce(sum(net_inscp) FILTER (area = 'rehabilitation'), 0) AS rehabilitation_inscp,
       coalesce(sum(net_inscp) FILTER (area = 'pharmacy'), 0) AS pharmacy_inscp,
       coalesce(sum(net_inscp) FILTER (area = 'dialysis'), 0) AS dialysis_inscp,
       coalesce(sum(net_inscp) FILTER (area = 'cardiology'), 0) AS cardiology_inscp,
       coalesce(sum(net_inscp) FILTER (area = 'orthopaedics'), 0) AS orthopaedics_inscp,
       coalesce(sum(net_inscp) FILTER (area = 'inpatient'), 0) AS inpatient_inscp,
       coalesce(sum(net_inscp) FILTER (area = 'consumables'), 0) AS consumables_inscp,
       coalesce(sum(net_inscp) FILTER (area = 'outpatient'), 0) AS outpatient_inscp
FROM charged GROUP BY in_month, fixmedins_code, mdtrt_id, psn_no, med_type;

CREATE OR REPLACE TEMP TABLE attended AS
SELECT m.*, coalesce(named(v.chfpdr_code), m.ordering) AS doctor
FROM visit_month m LEFT JOIN visit v USING (mdtrt_id);

CREATE OR REPLACE TEMP TABLE stay_month AS
WITH bills AS (
  SELECT mdtrt_id, sum(net_medfee) AS fee, sum(net_inscp) AS inscp, sum(net_fund) AS fund,
         sum(cash_payamt) AS cash, max((left(insu_admdvs, 4) <> left(fix_blng_admdvs, 4))::INTEGER) AS outside
  FROM bill GROUP BY mdtrt_id
),
content AS (
  SELECT mdtrt_id, sum(inscp) AS charged, sum(imaging_inscp + laboratory_inscp) AS examined,
         sum(operations) AS operations
  FROM visit_month WHERE grp = 'inpatient' GROUP BY mdtrt_id
)
SELECT strftime(v.endtime, '%Y-%m') AS stat_month, v.fixmedins_code, v.mdtrt_id, v.psn_no,
       greatest(v.endtime::DATE - v.begntime::DATE, 1) AS stay_days, v.dscg_maindiag_code AS main_diag,
       b.inscp, b.fund, b.outside, CASE WHEN b.fee > 0 THEN (b.cash <= 0)::INTEGER END AS zero_cash,
       CASE WHEN greatest(v.endtime::DATE - v.begntime::DATE, 1) > 4 THEN 0
            WHEN c.charged > 0 THEN (c.examined >= 0.7 * c.charged AND c.operations = 0)::INTEGER END AS exams_only,
       v.begntime::DATE - lag(v.endtime::DATE) OVER (
         PARTITION BY v.psn_no, v.fixmedins_code ORDER BY v.begntime::DATE, v.endtime::DATE, v.mdtrt_id) AS gap_here,
       regexp_matches(coalesce(v.dscg_maindiag_code, ''), '^(Z51|Z49|Z50|Z54|N18|C|D0|D3[7-9]|D4[0-8]|O)') AS planned
FROM visit v LEFT JOIN institution i USING (fixmedins_code) LEFT JOIN bills b USING (mdtrt_id)
LEFT JOIN content c USING (mdtrt_id)
WHERE v.endtime IS NOT NULL AND kind_of_visit(v.med_type, i.fixmedins_type) = 'inpatient';

CREATE OR REPLACE TEMP TABLE part AS
WITH placed AS (
  SELECT a.*, left(a.insu_admdvs, 4) <> left(i.fix_blng_admdvs, 4) AS outside,
         a.main_diag IS NOT NULL AND NOT regexp_matches(a.main_diag, getvariable('rehab_diagnoses')) AS foreign_diag
  FROM attended a LEFT JOIN institution i USING (fixmedins_code)
)
SELECT stat_month, fixmedins_code, count(*) AS visits, count(DISTINCT psn_no) AS persons,
       sum(lines) AS lines, sum(items) AS items, sum(timed) AS timed, sum(night) AS night, sum(weekend) AS weekend,
       sum(ct_mr) AS ct_mr, sum(exams) AS exams, sum(addons) AS addons, sum(films) AS films,
       sum(film_exams) AS film_exams, sum(us_parts) AS us_parts, sum(labs) AS labs, sum(lab_kinds) AS lab_kinds,
       sum(lab_days) AS lab_days, sum(rehabs) AS rehabs, sum(rehab_days) AS rehab_days, sum(tcms) AS tcms,
       sum(dialyses) AS dialyses, sum(kits) AS kits, sum(inscp) AS inscp, sum(fund) AS fund,
       sum(last10_inscp) AS last10_inscp, sum(supply_days) AS supply_days, sum(supply_inscp) AS supply_inscp,
       sum(doctor_blank) FILTER (grp <> 'pharmacy') AS doctor_blank, sum(lines) FILTER (grp <> 'pharmacy') AS doctor_lines,
       count(*) FILTER (outside) AS outside_visits, coalesce(sum(inscp) FILTER (outside), 0) AS outside_inscp,
       count(insu_admdvs) AS insured_known_visits,
       sum(imaging_inscp) AS imaging_inscp, sum(laboratory_inscp) AS laboratory_inscp,
       sum(rehabilitation_inscp) AS rehabilitation_inscp, sum(pharmacy_inscp) AS pharmacy_inscp,
       sum(dialysis_inscp) AS dialysis_inscp, sum(cardiology_inscp) AS cardiology_inscp,
       sum(orthopaedics_inscp) AS orthopaedics_inscp, sum(inpatient_inscp) AS inpatient_inscp,
       sum(consumables_inscp) AS consumables_inscp, sum(outpatient_inscp) AS outpatient_inscp,
       sum(addon_inscp) AS addon_inscp, sum(film_inscp) AS film_inscp, sum(us_inscp) AS us_inscp,
       count(*) FILTER (grp = 'inpatient') AS inp_visits,
       coalesce(sum(inscp) FILTER (grp = 'inpatient'), 0) AS inp_inscp,
       count(*) FILTER (grp = 'outpatient') AS outp_visits,
       coalesce(sum(inscp) FILTER (grp = 'outpatient'), 0) AS outp_inscp,
       count(*) FILTER (grp = 'pharmacy') AS shop_visits,
       coalesce(sum(inscp) FILTER (grp = 'pharmacy'), 0) AS shop_inscp,
       sum(labs) FILTER (grp = 'inpatient') AS inp_labs,
       coalesce(sum(laboratory_inscp) FILTER (grp = 'inpatient'), 0) AS inp_lab_inscp,
       coalesce(sum(imaging_inscp) FILTER (grp = 'inpatient'), 0) AS inp_imaging_inscp,
       count(*) FILTER (grp = 'inpatient' AND labs > 0) AS inp_lab_visits,
       sum(exams) FILTER (grp = 'inpatient') AS inp_exams,
       count(*) FILTER (grp = 'inpatient' AND exams > 0) AS inp_exam_visits,
       count(*) FILTER (grp = 'inpatient' AND ct_mr > 0) AS inp_ct_mr_visits,
       count(*) FILTER (grp = 'inpatient' AND rehabs > 0) AS inp_rehab_visits,
       sum(labs) FILTER (grp = 'outpatient') AS outp_labs,
       coalesce(sum(laboratory_inscp) FILTER (grp = 'outpatient'), 0) AS outp_lab_inscp,
       coalesce(sum(imaging_inscp) FILTER (grp = 'outpatient'), 0) AS outp_imaging_inscp,
       count(*) FILTER (grp = 'outpatient' AND labs > 0) AS outp_lab_visits,
       sum(exams) FILTER (grp = 'outpatient') AS outp_exams,
       count(*) FILTER (grp = 'outpatient' AND exams > 0) AS outp_exam_visits,
       count(*) FILTER (grp = 'outpatient' AND ct_mr > 0) AS outp_ct_mr_visits,
       count(*) FILTER (grp = 'outpatient' AND rehabs > 0) AS outp_rehab_visits,
       count(*) FILTER (grp = 'inpatient' AND kinds >= 3) AS inp_many_kinds,
       count(*) FILTER (us_parts > 0) AS us_visits, count(*) FILTER (dialyses > 0) AS dialysis_visits,
       count(*) FILTER (rehabs > 0) AS rehab_visits, count(*) FILTER (foreign_diag) AS foreign_visits,
       count(*) FILTER (foreign_diag AND rehabs > 0) AS foreign_rehab_visits,
       coalesce(sum(rehabilitation_inscp) FILTER (foreign_diag), 0) AS foreign_rehab_inscp,
       count(*) FILTER (drugs > 0) AS drug_visits
FROM placed GROUP BY stat_month, fixmedins_code;

CREATE OR REPLACE TABLE provider_month AS
WITH stays AS (
  SELECT stat_month, fixmedins_code, count(*) AS discharges, count(DISTINCT psn_no) AS stay_persons,
         sum(stay_days) AS bed_days, coalesce(sum(inscp), 0) AS stay_inscp, coalesce(sum(fund), 0) AS stay_fund,
         count(*) FILTER (NOT planned AND gap_here BETWEEN 0 AND 7) AS readmit7,
         count(*) FILTER (NOT planned AND gap_here BETWEEN 0 AND 31) AS readmit31,
         coalesce(sum(inscp) FILTER (NOT planned AND gap_here BETWEEN 0 AND 31), 0) AS readmit31_inscp,
         count(*) FILTER (exams_only = 1) AS exam_only_stays,
         coalesce(sum(inscp) FILTER (exams_only = 1), 0) AS exam_only_inscp,
         count(*) FILTER (zero_cash = 1) AS zero_cash_stays, count(zero_cash) AS cash_known_stays,
         coalesce(sum(inscp) FILTER (zero_cash = 1), 0) AS zero_cash_inscp,
         count(*) FILTER (outside = 1) AS outside_stays, count(*) FILTER (stay_days <= 2) AS short_stays,
         count(*) FILTER (coalesce(regexp_matches(main_diag, '^(C|D4[5-7]|I2[12]|I50|I6[0-4]|J96|A4[01]|S0[26]|S1[2-4]|S2[67]|S3[26]|S72|T0|K85|N17|P07|P22)'), false)) AS severe_stays,
         sum(round(ln(inscp::DOUBLE), 6)) FILTER (inscp > 0 AND stay_days > 2) AS log_cost,
         sum(round(ln(inscp::DOUBLE) * ln(inscp::DOUBLE), 6)) FILTER (inscp > 0 AND stay_days > 2) AS log_cost_square,
         count(*) FILTER (inscp > 0 AND stay_days > 2) AS cost_known_stays
  FROM stay_month GROUP BY ALL
),
settled AS (
  SELECT strftime(setl_time, '%Y-%m') AS stat_month, fixmedins_code, count(*) FILTER (NOT refund) AS setls,
         count(*) FILTER (refund) AS refund_setls,
         count(*) FILTER (NOT refund AND mdtrt_cert_type = '01') AS ecert_setls,
         count(*) FILTER (NOT refund AND mdtrt_cert_type IS NOT NULL) AS cert_known_setls
  FROM bill GROUP BY ALL
),
reported AS (
  SELECT strftime(exam_date, '%Y-%m') AS stat_month, fixmedins_code, count(*) AS reports,
         count(exam_rslt_poit_flag) AS judged_reports, sum(exam_rslt_poit_flag) AS positive_reports
  FROM read_parquet(getvariable('clnc_exam_rpot_d')) GROUP BY ALL
),
persons AS (
  SELECT stat_month, fixmedins_code, count(*) FILTER (n >= 10) AS frequent_persons,
         coalesce(sum(n) FILTER (n >= 10), 0) AS frequent_visits,
         coalesce(sum(inscp) FILTER (n >= 10), 0) AS frequent_inscp, count(*) AS outp_persons
  FROM (SELECT stat_month, fixmedins_code, psn_no, count(*) FILTER (dialyses = 0) AS n,
               coalesce(sum(inscp) FILTER (dialyses = 0), 0) AS inscp
        FROM attended WHERE grp <> 'inpatient' GROUP BY ALL) GROUP BY ALL
),
days AS (
  SELECT stat_month, fixmedins_code, max(n) AS busiest_day_persons, sum(n) AS day_persons, count(*) AS open_days
  FROM (SELECT stat_month, fixmedins_code, first_time::DATE AS day, count(DISTINCT psn_no) AS n
        FROM attended WHERE grp <> 'inpatient' GROUP BY ALL) GROUP BY ALL
),
bundles AS (
  SELECT stat_month, fixmedins_code, sum(n) AS bundle_visits, max(n) AS top_bundle_visits,
         coalesce(sum(n) FILTER (n > 1), 0) AS same_bundle_visits,
         coalesce(sum(inscp) FILTER (n > 1), 0) AS same_bundle_inscp
  FROM (SELECT stat_month, fixmedins_code, grp, bundle, count(*) AS n, sum(inscp) AS inscp
        FROM attended WHERE items >= 3 AND grp <> 'pharmacy' GROUP BY ALL) GROUP BY ALL
),
doctors AS (
  SELECT stat_month, fixmedins_code, count(*) AS doctors, sum(n) AS doctor_visits, max(n) AS top_doctor_visits,
         sum(n * n) AS doctor_square, sum(inscp) AS doctor_inscp, max(inscp) AS top_doctor_inscp
  FROM (SELECT stat_month, fixmedins_code, doctor, count(*) AS n, sum(inscp) AS inscp
        FROM attended WHERE grp <> 'pharmacy' AND doctor IS NOT NULL GROUP BY ALL) GROUP BY ALL
),
sales AS (SELECT *, first_time::DATE AS day FROM attended WHERE grp = 'pharmacy'),
roaming AS (
  SELECT psn_no, day FROM sales GROUP BY ALL HAVING count(DISTINCT fixmedins_code) >= 3
),
shops AS (
  SELECT s.stat_month, s.fixmedins_code, count(r.psn_no) AS roaming_sales,
         coalesce(sum(s.inscp) FILTER (r.psn_no IS NOT NULL), 0) AS roaming_inscp
  FROM sales s LEFT JOIN roaming r USING (psn_no, day) GROUP BY ALL
),
counter AS (
  SELECT *, coalesce(epoch(first_time) - epoch(lag(first_time) OVER queue) <= 120
                     AND lag(psn_no) OVER queue <> psn_no, false) AS near
  FROM sales WHERE timed > 0
  WINDOW queue AS (PARTITION BY fixmedins_code, day ORDER BY first_time, mdtrt_id)
),
close AS (
  SELECT stat_month, fixmedins_code, count(*) AS timed_sales, count(*) FILTER (near) AS close_sales,
         coalesce(sum(inscp) FILTER (near), 0) AS close_inscp
  FROM counter GROUP BY ALL
),
drugs AS (
  SELECT stat_month, fixmedins_code, sum(inscp) AS drug_inscp, max(inscp) AS top_drug_inscp,
         round(sum(inscp::DOUBLE * inscp::DOUBLE), 2) AS drug_square, count(*) AS drug_kinds
  FROM (SELECT strftime(fee_date, '%Y-%m') AS stat_month, fixmedins_code, coalesce(trim(med_list_codg), '') AS code,
               sum(net_inscp) AS inscp
        FROM line WHERE med_chrgitm_type IN ('09', '10', '11') OR left(trim(med_list_codg), 1) IN ('X', 'Z', 'T')
        GROUP BY ALL) GROUP BY ALL
),
diagnoses AS (
  SELECT stat_month, fixmedins_code, sum(n) AS diag_stays, max(n) AS top_diag_stays
  FROM (SELECT stat_month, fixmedins_code, left(main_diag, 3) AS diag, count(*) AS n FROM stay_month
        WHERE coalesce(main_diag, '') <> '' GROUP BY ALL) GROUP BY ALL
),
stacked AS (
  SELECT * FROM part UNION ALL BY NAME SELECT * FROM stays UNION ALL BY NAME SELECT * FROM settled
  UNION ALL BY NAME SELECT * FROM reported UNION ALL BY NAME SELECT * FROM persons UNION ALL BY NAME SELECT * FROM days
  UNION ALL BY NAME SELECT * FROM bundles UNION ALL BY NAME SELECT * FROM doctors UNION ALL BY NAME SELECT * FROM shops
  UNION ALL BY NAME SELECT * FROM close UNION ALL BY NAME SELECT * FROM drugs UNION ALL BY NAME SELECT * FROM diagnoses
)
SELECT stat_month, fixmedins_code, max(COLUMNS(* EXCLUDE (stat_month, fixmedins_code)))::DOUBLE
FROM stacked WHERE stat_month BETWEEN getvariable('first_month') AND getvariable('last_month')
GROUP BY stat_month, fixmedins_code;
