/** A stand-in for DynamoDB that replies immediately over TLS. Start it with `fork`, with the key and the certificate. */
import { readFileSync } from "node:fs";
import { createServer } from "node:https";

const [, , key = "", cert = ""] = process.argv;

const ANSWERS: Record<string, string> = {
  GetItem: JSON.stringify({ Item: { beats: { N: "6" } } }),
  Query: JSON.stringify({ Items: [] }),
};

const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
  request.resume().once("end", () => {
    const operation = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    response
      .writeHead(200, { "content-type": "application/x-amz-json-1.0" })
      .end(ANSWERS[operation] ?? JSON.stringify({}));
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.(typeof address === "object" ? address?.port : undefined);
});
process.once("disconnect", () => process.exit());
