ALTER TABLE "cms"."images" ADD COLUMN "findings" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "cms"."images" ADD COLUMN "accept_loss" text DEFAULT 'OBJECTS' NOT NULL;