CREATE TABLE "cms"."alerts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"platform" text NOT NULL,
	"kind" text NOT NULL,
	"thing" text NOT NULL,
	"severity" text NOT NULL,
	"message" text NOT NULL,
	"remedy" text,
	"instance_id" uuid,
	"image_id" uuid,
	"schedule_id" uuid,
	"operation_id" uuid,
	"opened_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"resolved_at" timestamp (3) with time zone,
	"revision" bigint DEFAULT 1 NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cms"."clocks" (
	"platform" text PRIMARY KEY NOT NULL,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"doubted_at" timestamp (3) with time zone,
	"doubt" text
);
--> statement-breakpoint
CREATE TABLE "cms"."webhook_deliveries" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"webhook_id" uuid NOT NULL,
	"event" text NOT NULL,
	"subject_id" uuid,
	"body" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"status_code" integer,
	"error" text,
	"next_attempt_at" timestamp (3) with time zone DEFAULT now(),
	"delivered_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhook_deliveries_once" UNIQUE("webhook_id","event","subject_id","created_at")
);
--> statement-breakpoint
CREATE TABLE "cms"."webhooks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"url" text NOT NULL,
	"events" jsonb NOT NULL,
	"enabled" boolean NOT NULL,
	"failure" text,
	"encrypted_secret" text NOT NULL,
	"encrypted_old_secret" text,
	"old_secret_until" timestamp (3) with time zone,
	"revision" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "webhooks_name" UNIQUE("name")
);
--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "told_readiness" text;--> statement-breakpoint
ALTER TABLE "cms"."schedules" ADD COLUMN "last_due_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cms"."schedules" ADD COLUMN "due_before_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cms"."webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_webhooks_id_fk" FOREIGN KEY ("webhook_id") REFERENCES "cms"."webhooks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_one_open" ON "cms"."alerts" USING btree ("platform","kind","thing") WHERE resolved_at IS NULL;--> statement-breakpoint
CREATE INDEX "alerts_newest" ON "cms"."alerts" USING btree ("opened_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "alerts_resolved" ON "cms"."alerts" USING btree ("resolved_at");--> statement-breakpoint
CREATE INDEX "webhook_deliveries_newest" ON "cms"."webhook_deliveries" USING btree ("webhook_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "webhook_deliveries_due" ON "cms"."webhook_deliveries" USING btree ("next_attempt_at") WHERE next_attempt_at IS NOT NULL;--> statement-breakpoint
CREATE INDEX "webhook_deliveries_age" ON "cms"."webhook_deliveries" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "images_newest_available" ON "cms"."images" USING btree ("source_instance_id","taken_at" DESC NULLS LAST) WHERE state = 'AVAILABLE';--> statement-breakpoint
CREATE INDEX "images_failed" ON "cms"."images" USING btree ("created_at") WHERE state = 'FAILED';
--> statement-breakpoint
CREATE TRIGGER "touch" BEFORE UPDATE ON "cms"."alerts" FOR EACH ROW EXECUTE FUNCTION "cms"."touch_row"();
--> statement-breakpoint
CREATE TRIGGER "notify_change" AFTER INSERT OR UPDATE ON "cms"."alerts" FOR EACH ROW EXECUTE FUNCTION "cms"."notify_change"('alert');
--> statement-breakpoint
CREATE TRIGGER "touch" BEFORE UPDATE ON "cms"."webhooks" FOR EACH ROW EXECUTE FUNCTION "cms"."touch_row"();
--> statement-breakpoint
-- What happens is in the outbox of every webhook that is told of it, in the transaction in which it happens.
CREATE FUNCTION "cms"."write_deliveries"(told text, subject uuid) RETURNS void LANGUAGE sql AS $$
  INSERT INTO "cms"."webhook_deliveries" ("webhook_id", "event", "subject_id", "created_at")
  SELECT "id", told, subject, clock_timestamp() FROM "cms"."webhooks" WHERE "enabled" AND "events" ? told
$$;
--> statement-breakpoint
CREATE FUNCTION "cms"."tell_operation"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "cms"."write_deliveries"('OPERATION_' || NEW."state", NEW."id");
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "tell_operation" AFTER UPDATE OF "state" ON "cms"."operations" FOR EACH ROW
  WHEN (NEW."state" IN ('SUCCEEDED', 'FAILED', 'CANCELLED') AND OLD."state" IS DISTINCT FROM NEW."state")
  EXECUTE FUNCTION "cms"."tell_operation"();
--> statement-breakpoint
CREATE FUNCTION "cms"."tell_alert"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "cms"."write_deliveries"(CASE WHEN NEW."resolved_at" IS NULL THEN 'ALERT_OPENED' ELSE 'ALERT_RESOLVED' END, NEW."id");
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "tell_alert" AFTER INSERT ON "cms"."alerts" FOR EACH ROW EXECUTE FUNCTION "cms"."tell_alert"();
--> statement-breakpoint
CREATE TRIGGER "tell_alert_resolved" AFTER UPDATE OF "resolved_at" ON "cms"."alerts" FOR EACH ROW
  WHEN (NEW."resolved_at" IS NOT NULL AND OLD."resolved_at" IS NULL) EXECUTE FUNCTION "cms"."tell_alert"();
--> statement-breakpoint
-- Wakes those who send; it is no change that anybody follows.
CREATE FUNCTION "cms"."notify_delivery"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('toygres_changes', 'delivery:' || NEW."id");
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "notify_delivery" AFTER INSERT ON "cms"."webhook_deliveries" FOR EACH ROW EXECUTE FUNCTION "cms"."notify_delivery"();
