CREATE TABLE "cms"."drills" (
	"id" uuid PRIMARY KEY NOT NULL,
	"image_id" uuid NOT NULL,
	"source_instance_id" uuid NOT NULL,
	"operation_id" uuid NOT NULL,
	"platform" text NOT NULL,
	"namespace" text NOT NULL,
	"resource_name" text NOT NULL,
	"state" text DEFAULT 'RUNNING' NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"recovery_seconds" double precision,
	"databases_compared" integer,
	"tables_compared" integer,
	"rows_compared" bigint,
	"findings" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"failure" jsonb,
	CONSTRAINT "drills_resource_name" UNIQUE("resource_name")
);
--> statement-breakpoint
ALTER TABLE "cms"."drills" ADD CONSTRAINT "drills_operation_id_operations_id_fk" FOREIGN KEY ("operation_id") REFERENCES "cms"."operations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "drills_image" ON "cms"."drills" USING btree ("image_id","started_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "drills_instance" ON "cms"."drills" USING btree ("source_instance_id","started_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "drills_operation" ON "cms"."drills" USING btree ("operation_id");--> statement-breakpoint
CREATE INDEX "drills_running" ON "cms"."drills" USING btree ("platform") WHERE state = 'RUNNING';--> statement-breakpoint
CREATE INDEX "drills_proof" ON "cms"."drills" USING btree ("image_id") WHERE state = 'PASSED';
--> statement-breakpoint
-- What becomes of a drill is a change of its image, for those who follow it.
CREATE FUNCTION "cms"."touch_proven_image"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "cms"."images" SET "updated_at" = now() WHERE "id" = NEW."image_id";
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "touch_proven_image" AFTER INSERT OR UPDATE OF "state" ON "cms"."drills" FOR EACH ROW EXECUTE FUNCTION "cms"."touch_proven_image"();
--> statement-breakpoint
CREATE FUNCTION "cms"."tell_drill"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM "cms"."write_deliveries"('DRILL_' || NEW."state", NEW."id");
  RETURN NULL;
END;
$$;
--> statement-breakpoint
CREATE TRIGGER "tell_drill" AFTER UPDATE OF "state" ON "cms"."drills" FOR EACH ROW
  WHEN (NEW."state" IN ('PASSED', 'FAILED') AND OLD."state" IS DISTINCT FROM NEW."state") EXECUTE FUNCTION "cms"."tell_drill"();
