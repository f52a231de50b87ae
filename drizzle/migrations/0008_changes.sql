CREATE TABLE "cms"."changes" (
	"noun" text NOT NULL,
	"id" uuid NOT NULL,
	"xid" "xid8" NOT NULL,
	"position" bigint NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "changes_noun_id_pk" PRIMARY KEY("noun","id")
);
--> statement-breakpoint
CREATE TABLE "cms"."changes_forgotten" (
	"one" text PRIMARY KEY NOT NULL,
	"xid" "xid8" NOT NULL,
	"position" bigint NOT NULL
);
--> statement-breakpoint
CREATE INDEX "changes_order" ON "cms"."changes" USING btree ("xid","position");--> statement-breakpoint
CREATE SEQUENCE "cms"."change_position";
--> statement-breakpoint
-- Keeps the last change of each record, and wakes whoever follows: 'instance:<id>', 'image:<id>', 'operation:<id>' ...
CREATE OR REPLACE FUNCTION "cms"."notify_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "cms"."changes" ("noun", "id", "xid", "position", "at")
  VALUES (TG_ARGV[0], NEW."id", pg_current_xact_id(), nextval('cms.change_position'), clock_timestamp())
  ON CONFLICT ("noun", "id") DO UPDATE
    SET "xid" = excluded."xid", "position" = excluded."position", "at" = excluded."at";
  PERFORM pg_notify('toygres_changes', TG_ARGV[0] || ':' || NEW."id");
  RETURN NULL;
END;
$$;
