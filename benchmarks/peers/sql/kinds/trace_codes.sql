-- One box settled a second time: in the same shop, elsewhere, or after a sale for cash.
CREATE OR REPLACE MACRO well_formed(code) AS
  regexp_full_match(code, '[0-9]{20}') AND NOT regexp_full_match(code, '(0+|1+|2+|3+|4+|5+|6+|7+|8+|9+)');

CREATE OR REPLACE TEMP TABLE scan AS
WITH coded AS (
  SELECT *, list_distinct(string_split(regexp_replace(drug_trac_codg, '\s', '', 'g'), ',')) AS codes FROM line
  WHERE regexp_matches(drug_trac_codg, '[0-9]{20}')
)
SELECT unnest(codes) AS trace_code, coalesce(setl_id, mdtrt_id) AS sale, bkkp_sn, psn_no, fixmedins_code,
       fee_ocur_time, net_cnt, net_inscp, coalesce(trdn_flag, 0) = 1 OR net_cnt < 1 AS split,
       CASE WHEN coalesce(trdn_flag, 0) = 1 OR net_cnt < 1 THEN least(1.0, net_cnt::DOUBLE / len(codes)) ELSE 1.0 END
         AS units
FROM coded WHERE net_cnt >= cnt OR len(codes) = 1;
DELETE FROM scan WHERE NOT well_formed(trace_code);

CREATE OR REPLACE TEMP TABLE repeated_sale AS
WITH repeated AS (SELECT trace_code FROM scan GROUP BY trace_code HAVING min(sale) <> max(sale)),
numbered AS (
  SELECT s.* EXCLUDE (units), least(1.0, sum(units) OVER (PARTITION BY trace_code, sale)) AS units,
         row_number() OVER (PARTITION BY trace_code, sale ORDER BY fee_ocur_time, bkkp_sn) AS place
  FROM scan s SEMI JOIN repeated USING (trace_code)
),
spread AS (SELECT trace_code, count(DISTINCT fixmedins_code) AS houses FROM scan SEMI JOIN repeated USING (trace_code)
           GROUP BY trace_code)
SELECT n.*, s.houses FROM numbered n JOIN spread s USING (trace_code) WHERE place = 1;

CREATE OR REPLACE TEMP TABLE sold_again AS
WITH here AS (
  SELECT *, sum(units) OVER (PARTITION BY trace_code, fixmedins_code ORDER BY fee_ocur_time, bkkp_sn
                             ROWS UNBOUNDED PRECEDING) AS total,
         row_number() OVER (PARTITION BY trace_code, fixmedins_code ORDER BY fee_ocur_time, bkkp_sn) AS place_here
  FROM repeated_sale
)
SELECT c.detector_id, h.bkkp_sn, h.net_cnt, h.net_inscp, least(h.units, h.total - 1) AS boxes
FROM here h JOIN card c ON c.kind = 'trace_code_reuse' AND c.p->>'relation' = 'same_shop'
WHERE h.houses <= (c.p->>'max_institutions')::INTEGER AND h.place_here > 1
  AND h.total > 1 + (c.p->>'split_tolerance')::DOUBLE;

INSERT INTO sold_again
WITH ordered AS (
  SELECT *, first_value({h: fixmedins_code, t: fee_ocur_time}) OVER (
    PARTITION BY trace_code ORDER BY fee_ocur_time, bkkp_sn) AS earlier
  FROM repeated_sale
)
SELECT c.detector_id, o.bkkp_sn, o.net_cnt, o.net_inscp, o.units
FROM ordered o JOIN card c ON c.kind = 'trace_code_reuse' AND c.p->>'relation' = 'other_shop'
WHERE o.houses <= (c.p->>'max_institutions')::INTEGER AND o.fixmedins_code <> o.earlier.h
  AND o.fee_ocur_time > o.earlier.t;

INSERT INTO sold_again
WITH cash AS (
  SELECT trace_code, max(sel_time) AS last FROM (
    SELECT trim(unnest(string_split(drug_trac_codg, ','))) AS trace_code, cnt, sel_time, fixmedins_code
    FROM read_parquet(getvariable('sel_d'))
    WHERE mdtrt_setl_type = '2' AND drug_trac_codg IS NOT NULL AND coalesce(trdn_flag, 0) = 0
  ) WHERE well_formed(trace_code)
  GROUP BY trace_code HAVING sum(cnt) > 0 AND count(DISTINCT fixmedins_code) = 1
)
SELECT c.detector_id, s.bkkp_sn, s.net_cnt, s.net_inscp, s.units
FROM scan s JOIN cash h USING (trace_code)
JOIN card c ON c.kind = 'trace_code_reuse' AND c.p->>'relation' = 'after_cash'
WHERE NOT s.split AND s.fee_ocur_time > h.last;

INSERT INTO found
SELECT detector_id, 'fee_list_d', bkkp_sn,
       share_of(any_value(net_inscp), least(sum(boxes), any_value(net_cnt)::DOUBLE), any_value(net_cnt))
FROM sold_again GROUP BY detector_id, bkkp_sn;
