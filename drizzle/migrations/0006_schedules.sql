CREATE TABLE "cms"."schedule_runs" (
	"id" uuid PRIMARY KEY NOT NULL,
	"schedule_id" uuid NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"started_at" timestamp (3) with time zone,
	"finished_at" timestamp (3) with time zone,
	"state" text NOT NULL,
	"message" text,
	CONSTRAINT "schedule_runs_once" UNIQUE("schedule_id","due_at")
);
--> statement-breakpoint
CREATE TABLE "cms"."scheduled_images" (
	"run_id" uuid NOT NULL,
	"instance_id" uuid NOT NULL,
	"instance_name" text NOT NULL,
	"state" text DEFAULT 'PENDING' NOT NULL,
	"image_id" uuid,
	"operation_id" uuid,
	"drill_operation_id" uuid,
	"message" text,
	"retry_at" timestamp (3) with time zone,
	CONSTRAINT "scheduled_images_run_id_instance_id_pk" PRIMARY KEY("run_id","instance_id")
);
--> statement-breakpoint
CREATE TABLE "cms"."schedules" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"platform" text NOT NULL,
	"enabled" boolean NOT NULL,
	"cron" text NOT NULL,
	"time_zone" text NOT NULL,
	"selector" jsonb,
	"instance_id" uuid,
	"method" text NOT NULL,
	"retention" jsonb NOT NULL,
	"drill_every" integer,
	"concurrency" integer NOT NULL,
	"next_due_at" timestamp (3) with time zone,
	"promised_since" timestamp (3) with time zone NOT NULL,
	"revision" bigint DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "schedules_name" UNIQUE("name"),
	CONSTRAINT "schedules_of_one_kind" CHECK (("cms"."schedules"."selector" IS NULL) <> ("cms"."schedules"."instance_id" IS NULL))
);
--> statement-breakpoint
ALTER TABLE "cms"."schedule_runs" ADD CONSTRAINT "schedule_runs_schedule_id_schedules_id_fk" FOREIGN KEY ("schedule_id") REFERENCES "cms"."schedules"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cms"."scheduled_images" ADD CONSTRAINT "scheduled_images_run_id_schedule_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "cms"."schedule_runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "schedule_runs_one_under_way" ON "cms"."schedule_runs" USING btree ("schedule_id") WHERE state = 'RUNNING';--> statement-breakpoint
CREATE INDEX "schedule_runs_newest" ON "cms"."schedule_runs" USING btree ("schedule_id","due_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "scheduled_images_open" ON "cms"."scheduled_images" USING btree ("run_id") WHERE state IN ('PENDING', 'TAKING', 'PROVING');--> statement-breakpoint
CREATE INDEX "schedules_newest" ON "cms"."schedules" USING btree ("created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "schedules_due" ON "cms"."schedules" USING btree ("platform","next_due_at");
--> statement-breakpoint
CREATE TRIGGER "touch" BEFORE UPDATE ON "cms"."schedules" FOR EACH ROW EXECUTE FUNCTION "cms"."touch_row"();
--> statement-breakpoint
CREATE TRIGGER "notify_change" AFTER INSERT OR UPDATE ON "cms"."schedules" FOR EACH ROW EXECUTE FUNCTION "cms"."notify_change"('schedule');
--> statement-breakpoint
-- What becomes of a run is a change of its schedule, for those who follow it.
CREATE FUNCTION "cms"."touch_schedule"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "cms"."schedules" SET "updated_at" = now() WHERE "id" = NEW."schedule_id";
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "touch_schedule" AFTER INSERT OR UPDATE OF "state" ON "cms"."schedule_runs" FOR EACH ROW EXECUTE FUNCTION "cms"."touch_schedule"();
