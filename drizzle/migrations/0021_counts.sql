CREATE TABLE "cms"."readiness_summaries" (
	"platform" text NOT NULL,
	"status" text NOT NULL,
	"count" integer NOT NULL,
	"oldest_taken_at" timestamp (3) with time zone,
	"oldest_drill_at" timestamp (3) with time zone,
	"longest_recovery_seconds" double precision,
	"looked_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "readiness_summaries_platform_status_pk" PRIMARY KEY("platform","status")
);
--> statement-breakpoint
CREATE TABLE "cms"."tallies" (
	"noun" text NOT NULL,
	"platform" text NOT NULL,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"count" bigint NOT NULL,
	"bytes" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
DROP INDEX "cms"."health_checks_age";--> statement-breakpoint
CREATE INDEX "tallies_platform" ON "cms"."tallies" USING btree ("platform");--> statement-breakpoint
CREATE INDEX "alerts_instance" ON "cms"."alerts" USING btree ("instance_id","opened_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "alerts_image" ON "cms"."alerts" USING btree ("image_id") WHERE instance_id IS NULL;--> statement-breakpoint
CREATE INDEX "audit_entries_action" ON "cms"."audit_entries" USING btree ("action","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "audit_entries_outcome" ON "cms"."audit_entries" USING btree ("outcome","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "drills_finished" ON "cms"."drills" USING btree ("finished_at");--> statement-breakpoint
CREATE INDEX "images_expiring" ON "cms"."images" USING btree ("platform","expires_at") WHERE state = 'AVAILABLE' AND NOT protected AND expires_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "images_scheduled" ON "cms"."images" USING btree ("platform","source_instance_id") WHERE state = 'AVAILABLE' AND NOT protected AND schedule_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "instances_unhealthy" ON "cms"."instances" USING btree ("platform","name") WHERE state = 'RUNNING' AND health = 'UNHEALTHY';--> statement-breakpoint
CREATE INDEX "instances_stopped" ON "cms"."instances" USING btree ("platform","name") WHERE state = 'STOPPED';--> statement-breakpoint
CREATE INDEX "operations_last_wish" ON "cms"."operations" USING btree ("instance_id","created_at" DESC NULLS LAST) WHERE kind IN ('START_INSTANCE', 'RESTART_INSTANCE', 'STOP_INSTANCE');--> statement-breakpoint
CREATE INDEX "operations_preflights" ON "cms"."operations" USING btree ("platform",(input ->> 'namespace'),"finished_at" DESC NULLS LAST) WHERE kind = 'PREFLIGHT' AND state IN ('SUCCEEDED', 'FAILED');--> statement-breakpoint
CREATE INDEX "health_checks_age" ON "cms"."health_checks" USING brin ("at") WITH (autosummarize=true);
--> statement-breakpoint
-- What is counted by state: a trigger writes what was added and taken, so that counting costs as much as there are kinds.
CREATE FUNCTION "cms"."tally_instance"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO "cms"."tallies" ("noun", "platform", "kind", "state", "count")
    VALUES ('instance', OLD."platform", OLD."health", OLD."state", -1);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO "cms"."tallies" ("noun", "platform", "kind", "state", "count")
    VALUES ('instance', NEW."platform", NEW."health", NEW."state", 1);
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE FUNCTION "cms"."tally_image"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO "cms"."tallies" ("noun", "platform", "kind", "state", "count", "bytes")
    VALUES ('image', OLD."platform", '', OLD."state", -1, -coalesce(OLD."size_bytes", 0));
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO "cms"."tallies" ("noun", "platform", "kind", "state", "count", "bytes")
    VALUES ('image', NEW."platform", '', NEW."state", 1, coalesce(NEW."size_bytes", 0));
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
-- Of records with a kind: the noun is the trigger's argument.
CREATE FUNCTION "cms"."tally_kind"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO "cms"."tallies" ("noun", "platform", "kind", "state", "count")
    VALUES (TG_ARGV[0], OLD."platform", OLD."kind", OLD."state", -1);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO "cms"."tallies" ("noun", "platform", "kind", "state", "count")
    VALUES (TG_ARGV[0], NEW."platform", NEW."kind", NEW."state", 1);
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE FUNCTION "cms"."tally_drill"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO "cms"."tallies" ("noun", "platform", "kind", "state", "count")
    VALUES ('drill', OLD."platform", '', OLD."state", -1);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO "cms"."tallies" ("noun", "platform", "kind", "state", "count")
    VALUES ('drill', NEW."platform", '', NEW."state", 1);
  END IF;
  RETURN NULL;
END;
$$;
--> statement-breakpoint
-- Each trigger keeps writers of its table out until this is committed, so that what is counted below is all there is.
CREATE TRIGGER "tally" AFTER INSERT OR DELETE ON "cms"."instances" FOR EACH ROW EXECUTE FUNCTION "cms"."tally_instance"();
--> statement-breakpoint
CREATE TRIGGER "tally_change" AFTER UPDATE OF "platform", "health", "state" ON "cms"."instances" FOR EACH ROW
  WHEN ((OLD."platform", OLD."health", OLD."state") IS DISTINCT FROM (NEW."platform", NEW."health", NEW."state"))
  EXECUTE FUNCTION "cms"."tally_instance"();
--> statement-breakpoint
CREATE TRIGGER "tally" AFTER INSERT OR DELETE ON "cms"."images" FOR EACH ROW EXECUTE FUNCTION "cms"."tally_image"();
--> statement-breakpoint
CREATE TRIGGER "tally_change" AFTER UPDATE OF "platform", "state", "size_bytes" ON "cms"."images" FOR EACH ROW
  WHEN ((OLD."platform", OLD."state", OLD."size_bytes") IS DISTINCT FROM (NEW."platform", NEW."state", NEW."size_bytes"))
  EXECUTE FUNCTION "cms"."tally_image"();
--> statement-breakpoint
CREATE TRIGGER "tally" AFTER INSERT OR DELETE ON "cms"."operations" FOR EACH ROW EXECUTE FUNCTION "cms"."tally_kind"('operation');
--> statement-breakpoint
CREATE TRIGGER "tally_change" AFTER UPDATE OF "platform", "state" ON "cms"."operations" FOR EACH ROW
  WHEN ((OLD."platform", OLD."state") IS DISTINCT FROM (NEW."platform", NEW."state"))
  EXECUTE FUNCTION "cms"."tally_kind"('operation');
--> statement-breakpoint
CREATE TRIGGER "tally" AFTER INSERT OR DELETE ON "cms"."jobs" FOR EACH ROW EXECUTE FUNCTION "cms"."tally_kind"('job');
--> statement-breakpoint
CREATE TRIGGER "tally_change" AFTER UPDATE OF "platform", "state" ON "cms"."jobs" FOR EACH ROW
  WHEN ((OLD."platform", OLD."state") IS DISTINCT FROM (NEW."platform", NEW."state"))
  EXECUTE FUNCTION "cms"."tally_kind"('job');
--> statement-breakpoint
CREATE TRIGGER "tally" AFTER INSERT OR DELETE ON "cms"."drills" FOR EACH ROW EXECUTE FUNCTION "cms"."tally_drill"();
--> statement-breakpoint
CREATE TRIGGER "tally_change" AFTER UPDATE OF "platform", "state" ON "cms"."drills" FOR EACH ROW
  WHEN ((OLD."platform", OLD."state") IS DISTINCT FROM (NEW."platform", NEW."state"))
  EXECUTE FUNCTION "cms"."tally_drill"();
--> statement-breakpoint
-- What there is by now. Also for records that came without their triggers, as a bulk load does: delete all tallies first.
CREATE FUNCTION "cms"."count_records"() RETURNS void LANGUAGE sql AS $$
  INSERT INTO "cms"."tallies" ("noun", "platform", "kind", "state", "count", "bytes")
  SELECT 'instance', "platform", "health", "state", count(*), 0 FROM "cms"."instances" GROUP BY 2, 3, 4
  UNION ALL
  SELECT 'image', "platform", '', "state", count(*), coalesce(sum("size_bytes"), 0) FROM "cms"."images" GROUP BY 2, 4
  UNION ALL SELECT 'operation', "platform", "kind", "state", count(*), 0 FROM "cms"."operations" GROUP BY 2, 3, 4
  UNION ALL SELECT 'job', "platform", "kind", "state", count(*), 0 FROM "cms"."jobs" GROUP BY 2, 3, 4
  UNION ALL SELECT 'drill', "platform", '', "state", count(*), 0 FROM "cms"."drills" GROUP BY 2, 4
$$;
--> statement-breakpoint
SELECT "cms"."count_records"();
--> statement-breakpoint
-- Also parts of one and two letters: a name that holds a rare one is found without reading all of them.
-- Its cost has the planner never work it out for each row instead of asking the index. "threes" stays for processes of an
-- earlier release beside this one.
CREATE FUNCTION "cms"."parts"(value text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS $$
  SELECT coalesce(array_agg(substr(value, at, letters)), '{}')
  FROM generate_series(1, 3) AS letters CROSS JOIN LATERAL generate_series(1, length(value) - letters + 1) AS at
$$;
--> statement-breakpoint
DROP INDEX "cms"."instances_name_threes";
--> statement-breakpoint
DROP INDEX "cms"."images_name_threes";
--> statement-breakpoint
CREATE INDEX "instances_name_parts" ON "cms"."instances" USING gin ("cms"."parts"("name"));
--> statement-breakpoint
CREATE INDEX "images_name_parts" ON "cms"."images" USING gin ("cms"."parts"("name"));
