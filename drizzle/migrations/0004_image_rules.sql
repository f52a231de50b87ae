ALTER TABLE "cms"."images" ADD COLUMN "taken_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cms"."images" ADD COLUMN "protected" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "cms"."images" ADD COLUMN "expires_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "cms"."images" ADD COLUMN "schedule_id" uuid;--> statement-breakpoint
CREATE INDEX "images_schedule" ON "cms"."images" USING btree ("schedule_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);
--> statement-breakpoint
-- An image was asked for before its data was read, so that its age is never told too young.
UPDATE "cms"."images" SET "taken_at" = "created_at" WHERE "verified_at" IS NOT NULL;
