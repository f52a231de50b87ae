ALTER TABLE "cms"."images" ADD COLUMN "encrypted" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "cms"."images" ADD COLUMN "encrypted_file_key" text;