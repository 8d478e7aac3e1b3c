-- Bought or treated elsewhere on a full day inside a stay; bed days of a stay spent elsewhere; two beds at once.
INSERT INTO found
SELECT DISTINCT c.detector_id, 'fee_list_d', l.bkkp_sn, l.net_inscp
FROM card c
JOIN line l ON CASE WHEN c.p->>'where' = 'pharmacy' THEN coalesce(l.fixmedins_type = '2', false)
                    ELSE NOT l.inpatient AND NOT coalesce(l.fixmedins_type = '2', false) END
           AND (c.domains IS NULL OR list_contains(c.domains, l.domain))
SEMI JOIN stay s ON s.psn_no = l.psn_no AND s.fixmedins_code <> l.fixmedins_code
 AND l.fee_date > s.stay_begin AND l.fee_date < s.stay_end
 AND s.stay_end - s.stay_begin BETWEEN 2 AND (c.p->>'longest_stay')::INTEGER
WHERE c.kind = 'bought_while_inpatient';

INSERT INTO found
WITH elsewhere AS (
  SELECT c.detector_id, s.mdtrt_id, l.fee_date, max((c.p->>'min_days')::INTEGER) AS min_days
  FROM card c
  JOIN line l ON NOT l.inpatient AND list_contains(c.domains, l.domain)
  JOIN stay s ON s.psn_no = l.psn_no AND s.fixmedins_code <> l.fixmedins_code
   AND l.fee_date > s.stay_begin AND l.fee_date < s.stay_end
   AND s.stay_end - s.stay_begin BETWEEN 2 AND (c.p->>'longest_stay')::INTEGER
  WHERE c.kind = 'absent_from_bed' GROUP BY ALL
),
often AS (SELECT * FROM elsewhere QUALIFY count(*) OVER (PARTITION BY detector_id, mdtrt_id) >= min_days)
SELECT o.detector_id, 'fee_list_d', l.bkkp_sn, l.net_inscp
FROM line l JOIN often o USING (mdtrt_id, fee_date)
WHERE l.inpatient AND l.med_chrgitm_type IN ('01', '02', '07');

INSERT INTO found
WITH overlap AS (
  SELECT c.detector_id, a.mdtrt_id, greatest(a.stay_begin, b.stay_begin) + 1 AS from_day,
         least(a.stay_end, b.stay_end) - 1 AS to_day
  FROM card c
  JOIN stay a ON a.stay_end - a.stay_begin <= (c.p->>'longest_stay')::INTEGER
  JOIN stay b ON b.psn_no = a.psn_no AND b.fixmedins_code <> a.fixmedins_code
   AND b.stay_end - b.stay_begin <= (c.p->>'longest_stay')::INTEGER
   AND (least(a.stay_end, b.stay_end) - 1) - (greatest(a.stay_begin, b.stay_begin) + 1) + 1
       >= (c.p->>'min_days')::INTEGER
  WHERE c.kind = 'overlapping_stays'
)
SELECT DISTINCT o.detector_id, 'fee_list_d', l.bkkp_sn, l.net_inscp
FROM line l JOIN overlap o ON o.mdtrt_id = l.mdtrt_id AND l.fee_date BETWEEN o.from_day AND o.to_day
WHERE l.inpatient;
