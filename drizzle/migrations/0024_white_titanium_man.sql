ALTER TABLE "cms"."instances" ADD COLUMN "hosting" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "started_hosting" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "storage_class" text;