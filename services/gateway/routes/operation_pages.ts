import { imageListSchema } from "../../../shared/contracts/models.ts";
import { usageSchema } from "../../../shared/contracts/usage.ts";
import { mayDo, type ServiceApp } from "../../../shared/http/mod.ts";
import { writeImagesPage } from "../pages/images_page.tsx";
import { writeUsagePage } from "../pages/usage_page.tsx";
import { type ApiFor, page } from "./page_answers.ts";

/**
 * Hangs the pages on an app that say who has used which data and what the engine keeps.
 *
 * @param app the gateway's app
 * @param apiFor the API in the name of who asks
 */
export function addOperationPages(app: ServiceApp, apiFor: ApiFor): void {
  app.get(
    "/usage",
    (c) => page(c, async () => writeUsagePage(await apiFor(c).read("/v1/usage", usageSchema))),
  );
  app.get("/images", (c) =>
    page(c, async () => {
      const images = await apiFor(c).read("/v1/images", imageListSchema);
      return writeImagesPage(images, mayDo(c.get("caller").role, "admin"));
    }));
  app.post("/images/prune", async (c) => {
    await apiFor(c).change("/v1/images/prune", null, imageListSchema);
    return c.redirect("/images", 303);
  });
}
