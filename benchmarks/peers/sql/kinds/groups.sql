-- Persons who take the same drugs from several pharmacies in rounds; boxes that flow from one institution to another,
-- or over one counter again and again.
CREATE OR REPLACE TEMP TABLE ring_line AS
SELECT c.detector_id, c.p, l.bkkp_sn, l.psn_no, l.fee_date, l.fixmedins_code, l.mdtrt_id, l.prd_days, l.net_inscp,
       left(l.med_list_codg, (c.p->>'generic_chars')::INTEGER) AS generic
FROM line l JOIN card c ON c.kind = 'resale_ring' AND list_contains(c.domains, l.domain)
WHERE l.fixmedins_type = '2' AND l.med_list_codg IS NOT NULL
  AND l.prd_days BETWEEN 1 AND (c.p->>'longest_supply')::INTEGER;

CREATE OR REPLACE TEMP TABLE ring_round AS
WITH bought AS (
  SELECT detector_id, any_value(p) AS p, psn_no, fee_date, generic, fixmedins_code, mdtrt_id, max(prd_days) AS supply
  FROM ring_line GROUP BY detector_id, psn_no, fee_date, generic, fixmedins_code, mdtrt_id
),
many AS (
  SELECT detector_id, psn_no, fee_date, generic FROM bought GROUP BY ALL
  HAVING count(DISTINCT fixmedins_code) >= max((p->>'shops')::INTEGER)
     AND sum(supply) > max((p->>'day_supply')::INTEGER)
)
SELECT DISTINCT detector_id, p, psn_no, fee_date, generic, fixmedins_code FROM bought
SEMI JOIN many USING (detector_id, psn_no, fee_date, generic);

CREATE OR REPLACE TEMP TABLE ring_member AS
WITH RECURSIVE few AS (
  SELECT * FROM ring_round
  QUALIFY count(*) OVER (PARTITION BY detector_id, fee_date, generic, fixmedins_code) <= (p->>'max_block')::INTEGER
),
days AS (
  SELECT l.detector_id, any_value(l.p) AS p, l.psn_no AS a, r.psn_no AS b, l.fee_date
  FROM few l JOIN few r USING (detector_id, fee_date, generic, fixmedins_code) WHERE l.psn_no < r.psn_no
  GROUP BY l.detector_id, l.psn_no, r.psn_no, l.fee_date
  HAVING count(DISTINCT fixmedins_code) >= max((l.p->>'shops')::INTEGER)
),
pairs AS (
  SELECT detector_id, a, b FROM days GROUP BY ALL HAVING count(*) >= max((p->>'min_days')::INTEGER)
),
edges AS (
  SELECT detector_id, a, b FROM pairs UNION SELECT detector_id, b, a FROM pairs UNION SELECT detector_id, a, a FROM pairs
  UNION SELECT detector_id, b, b FROM pairs
),
reached AS (
  SELECT detector_id, a, b FROM edges
  UNION
  SELECT r.detector_id, r.a, e.b FROM reached r JOIN edges e ON e.detector_id = r.detector_id AND e.a = r.b
),
labelled AS (SELECT detector_id, a AS psn_no, min(b) AS label FROM reached GROUP BY detector_id, a)
SELECT l.* FROM labelled l JOIN card c USING (detector_id)
QUALIFY count(*) OVER (PARTITION BY detector_id, label)
        BETWEEN (c.p->>'persons')::INTEGER AND (c.p->>'max_persons')::INTEGER;

INSERT INTO found
WITH mine AS (SELECT r.*, m.label FROM ring_round r JOIN ring_member m USING (detector_id, psn_no)),
crews AS (
  SELECT detector_id, label, fee_date FROM mine GROUP BY ALL HAVING count(DISTINCT psn_no) >= 2
)
SELECT DISTINCT l.detector_id, 'fee_list_d', l.bkkp_sn, l.net_inscp
FROM ring_line l
SEMI JOIN (SELECT * FROM mine SEMI JOIN crews USING (detector_id, label, fee_date)) m
  USING (detector_id, psn_no, fee_date, generic, fixmedins_code);

CREATE OR REPLACE TEMP TABLE flow AS
WITH ordered AS (
  SELECT *, first_value({h: fixmedins_code, t: fee_ocur_time, p: psn_no}) OVER (
    PARTITION BY trace_code ORDER BY fee_ocur_time, bkkp_sn) AS earlier
  FROM repeated_sale
),
chain AS (
  SELECT tidy(fixmedins_code) AS fixmedins_code, min(tidy(prnt_code)) AS chain
  FROM read_parquet(getvariable('fixmedins_b')) GROUP BY ALL
)
SELECT c.detector_id, c.p, o.earlier.h AS source, o.fixmedins_code, o.trace_code, o.fee_ocur_time::DATE AS day, o.bkkp_sn,
       o.net_cnt, o.net_inscp, o.units AS boxes
FROM ordered o JOIN card c ON c.kind = 'trace_flow' AND c.p->>'relation' = 'other_shop'
LEFT JOIN chain a ON a.fixmedins_code = o.fixmedins_code
LEFT JOIN chain b ON b.fixmedins_code = o.earlier.h
WHERE o.houses <= (c.p->>'max_institutions')::INTEGER AND o.fixmedins_code <> o.earlier.h
  AND o.fee_ocur_time > o.earlier.t AND o.psn_no <> o.earlier.p AND NOT coalesce(a.chain = b.chain, false);

INSERT INTO flow
WITH here AS (
  SELECT *, sum(units) OVER in_order AS total, row_number() OVER in_order AS place_here FROM repeated_sale
  WINDOW in_order AS (PARTITION BY trace_code, fixmedins_code ORDER BY fee_ocur_time, bkkp_sn ROWS UNBOUNDED PRECEDING)
)
SELECT c.detector_id, c.p, '', h.fixmedins_code, h.trace_code, h.fee_ocur_time::DATE, h.bkkp_sn, h.net_cnt, h.net_inscp,
       least(h.units, h.total - 1)
FROM here h JOIN card c ON c.kind = 'trace_flow' AND c.p->>'relation' = 'same_shop'
WHERE h.houses <= (c.p->>'max_institutions')::INTEGER AND h.place_here > 1
  AND h.total > 1 + (c.p->>'split_tolerance')::DOUBLE
QUALIFY count(*) OVER (PARTITION BY c.detector_id, h.fixmedins_code, h.trace_code) >= (c.p->>'min_sales')::INTEGER - 1;

INSERT INTO found
WITH wide AS (
  SELECT detector_id, source, fixmedins_code FROM flow GROUP BY ALL
  HAVING count(DISTINCT trace_code) >= max((p->>'min_boxes')::INTEGER)
     AND count(DISTINCT day) >= max((p->>'min_days')::INTEGER)
)
SELECT detector_id, 'fee_list_d', bkkp_sn,
       share_of(any_value(net_inscp), least(sum(boxes), any_value(net_cnt)::DOUBLE), any_value(net_cnt))
FROM flow SEMI JOIN wide USING (detector_id, source, fixmedins_code) GROUP BY detector_id, bkkp_sn;
