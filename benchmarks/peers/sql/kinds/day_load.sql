-- Days with more work than machines, therapists or a house's staff can do: the share above capacity of every line.
CREATE OR REPLACE TEMP TABLE machine_work AS
WITH needs AS (
  SELECT detector_id, unnest(json_keys(p->'machines')) AS domain, p FROM card WHERE kind = 'machine_capacity'
),
machines AS (
  SELECT c.detector_id, e.fixmedins_code, e.equip_type, max(e.unit_cnt * coalesce(e.daily_hours::DOUBLE,
         (c.p->>'default_hours')::DOUBLE) * 60) AS capacity
  FROM read_parquet(getvariable('equip_b')) e JOIN card c ON c.kind = 'machine_capacity' GROUP BY ALL
)
SELECT n.detector_id, l.bkkp_sn, l.fixmedins_code, m.equip_type AS worker, l.fee_date, l.psn_no, l.net_cnt, l.net_inscp,
       m.capacity, json_extract_string(n.p->'minutes', m.equip_type)::DOUBLE AS each_minutes
FROM line l JOIN needs n USING (domain)
JOIN machines m ON m.detector_id = n.detector_id AND m.fixmedins_code = l.fixmedins_code
 AND m.equip_type = json_extract_string(n.p->'machines', l.domain)
WHERE coalesce(l.etip_flag, 0) <> 1 AND m.capacity > 0;

CREATE OR REPLACE TEMP TABLE treated AS
WITH matched AS (
  SELECT s.detector_id, s.bkkp_sn, any_value(s.fixmedins_code) AS fixmedins_code, any_value(s.fee_date) AS fee_date,
         any_value(s.net_cnt) AS net_cnt, any_value(s.net_inscp) AS net_inscp, min(s.limit_value) AS unit
  FROM sided s WHERE s.kind = 'staff_capacity' AND side = 'item' GROUP BY s.detector_id, s.bkkp_sn
)
SELECT m.*, m.net_cnt::DOUBLE * m.unit AS work,
       CASE WHEN trim(l.acord_dr_code) <> ''
             AND NOT regexp_matches(trim(l.acord_dr_code), '(?i)^(0+|9+|-+|x+|unknown|none|无|未知|其他|不详)$')
            THEN trim(l.acord_dr_code) END AS performer
FROM matched m JOIN known_line l USING (bkkp_sn);

CREATE OR REPLACE TEMP TABLE staff_work AS
WITH staff AS (
  SELECT tidy(fixmedins_code) AS fixmedins_code, max(CASE WHEN reha_psncnt > 0 THEN reha_psncnt
         WHEN tecn_psncnt > 0 THEN tecn_psncnt END) AS staff
  FROM read_parquet(getvariable('fixmedins_b')) WHERE vali_flag = 1 GROUP BY ALL
),
house AS (
  SELECT t.detector_id, t.fixmedins_code, any_value(s.staff) AS staff, any_value(c.p) AS p,
         (coalesce(count(DISTINCT performer) >= any_value(s.staff) * any_value((c.p->>'min_code_share')::DOUBLE), false)
           OR (any_value(s.staff) IS NULL AND count(DISTINCT performer) > 1)) AND count(performer) >= 0.5 * count(*)
           AS persons
  FROM treated t JOIN card c USING (detector_id) LEFT JOIN staff s USING (fixmedins_code)
  GROUP BY t.detector_id, t.fixmedins_code
)
SELECT t.detector_id, t.bkkp_sn, t.fixmedins_code, CASE WHEN h.p->>'level' = 'performer' THEN t.performer ELSE '' END
         AS worker, t.fee_date, t.net_cnt, t.net_inscp, t.work,
       (h.p->>'minutes_per_day')::DOUBLE * CASE WHEN h.p->>'level' = 'performer' THEN 1 ELSE h.staff END AS capacity
FROM treated t JOIN house h USING (detector_id, fixmedins_code)
WHERE CASE WHEN h.p->>'level' = 'performer' THEN h.persons AND t.performer IS NOT NULL ELSE h.staff IS NOT NULL END;

INSERT INTO found
WITH days AS (
  SELECT detector_id, fixmedins_code, worker, fee_date, count(DISTINCT psn_no) * max(each_minutes) AS minutes,
         max(capacity) AS capacity
  FROM machine_work GROUP BY ALL
  UNION ALL
  SELECT detector_id, fixmedins_code, worker, fee_date, sum(work), max(capacity) FROM staff_work GROUP BY ALL
),
weeks AS (
  SELECT d.*, d.capacity * (c.p->>'tolerance')::DOUBLE AS allowed, c.p, sum(minutes) OVER (
    PARTITION BY detector_id, fixmedins_code, worker ORDER BY fee_date
    RANGE BETWEEN INTERVAL 3 DAY PRECEDING AND INTERVAL 3 DAY FOLLOWING) AS week
  FROM days d JOIN card c USING (detector_id)
),
over AS (
  SELECT *, (minutes - allowed) / minutes AS excess FROM (
    SELECT * FROM weeks WHERE minutes > allowed AND week > capacity * (p->>'week_days')::DOUBLE
  )
  QUALIFY count(*) OVER (PARTITION BY detector_id, fixmedins_code, worker) >= (p->>'min_days')::INTEGER
),
lines AS (
  SELECT detector_id, bkkp_sn, fixmedins_code, worker, fee_date, net_cnt, net_inscp FROM machine_work
  UNION ALL
  SELECT detector_id, bkkp_sn, fixmedins_code, worker, fee_date, net_cnt, net_inscp FROM staff_work
)
SELECT detector_id, 'fee_list_d', l.bkkp_sn, share_of(l.net_inscp, l.net_cnt::DOUBLE * o.excess, l.net_cnt)
FROM lines l JOIN over o USING (detector_id, fixmedins_code, worker, fee_date);
