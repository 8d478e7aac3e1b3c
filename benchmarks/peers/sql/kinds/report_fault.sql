-- A report that cannot belong to what was billed: no image, another part of the body, signed by somebody who had left.
CREATE OR REPLACE TEMP TABLE answer AS
WITH report AS (
  SELECT mdtrt_id, exam_item_code AS med_list_codg, exam_date::DATE AS day, fixmedins_code AS house, img_cnt, exam_part,
         rpt_dr_code
  FROM read_parquet(getvariable('clnc_exam_rpot_d'))
)
SELECT c.detector_id, c.p, l.bkkp_sn, l.fixmedins_code, l.hilist_name, l.net_inscp, r.day, r.house, r.img_cnt, r.exam_part,
       r.rpt_dr_code
FROM line l JOIN card c ON c.kind = 'report_fault' AND list_contains(c.domains, l.domain)
JOIN report r USING (mdtrt_id, med_list_codg)
WHERE l.setl_id IS NOT NULL AND coalesce(l.etip_flag, 0) <> 1 AND abs(r.day - l.fee_date) <= 1;

INSERT INTO found
WITH counting AS (
  SELECT fixmedins_code FROM read_parquet(getvariable('clnc_exam_rpot_d')) GROUP BY ALL HAVING max(img_cnt) > 0
)
SELECT detector_id, 'fee_list_d', bkkp_sn, any_value(net_inscp) FROM answer SEMI JOIN counting USING (fixmedins_code)
WHERE p->>'fault' = 'no_images' GROUP BY detector_id, bkkp_sn
HAVING max(img_cnt) = 0 AND count(img_cnt) = count(*);

INSERT INTO found
WITH part AS (
  SELECT detector_id, json_extract_string(p->'parts', name) AS words
  FROM (SELECT detector_id, p, unnest(json_keys(p->'parts')) AS name FROM card
        WHERE kind = 'report_fault' AND p->>'fault' = 'other_part')
),
told AS (
  SELECT a.detector_id, a.bkkp_sn, any_value(a.hilist_name) AS billed, any_value(a.net_inscp) AS inscp,
         string_agg(DISTINCT a.exam_part, ' ' ORDER BY a.exam_part) AS told
  FROM answer a WHERE p->>'fault' = 'other_part' GROUP BY a.detector_id, a.bkkp_sn
),
pair AS (SELECT DISTINCT detector_id, billed, told FROM told),
odd AS (
  SELECT detector_id, billed, told FROM pair JOIN part USING (detector_id) GROUP BY ALL
  HAVING bool_or(regexp_matches(billed, words)) AND bool_or(regexp_matches(told, words))
     AND NOT bool_or(regexp_matches(billed, words) AND regexp_matches(told, words))
)
SELECT detector_id, 'fee_list_d', bkkp_sn, inscp FROM told SEMI JOIN odd USING (detector_id, billed, told);

INSERT INTO found
WITH gone AS (
  SELECT dr_code AS rpt_dr_code, main_fixmedins_code AS house, nemp_time FROM read_parquet(getvariable('dr_info_b'))
  WHERE nemp_time IS NOT NULL AND coalesce(mul_prac_flag, 0) <> 1
)
SELECT a.detector_id, 'fee_list_d', a.bkkp_sn, any_value(a.net_inscp)
FROM answer a LEFT JOIN gone g USING (rpt_dr_code, house)
WHERE a.p->>'fault' = 'signer_left' GROUP BY a.detector_id, a.bkkp_sn
HAVING bool_and(coalesce(a.day - g.nemp_time::DATE > (a.p->>'grace_days')::INTEGER, false));
