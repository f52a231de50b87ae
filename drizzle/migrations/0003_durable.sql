ALTER TABLE "cms"."images" ADD COLUMN "extensions" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "cms"."images" ADD COLUMN "durable" jsonb;--> statement-breakpoint
ALTER TABLE "cms"."images" ADD COLUMN "notices" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "durable_functions" text;--> statement-breakpoint
ALTER TABLE "cms"."instances" ADD COLUMN "allow_extension_upgrade" boolean DEFAULT false NOT NULL;