CREATE TABLE "cms"."authorities" (
	"id" uuid PRIMARY KEY NOT NULL,
	"certificate" text NOT NULL,
	"encrypted_key" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
