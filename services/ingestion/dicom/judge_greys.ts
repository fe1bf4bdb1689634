import type { GreySummary } from "../../../shared/format/mod.ts";
import {
  IMAGE_BRIGHT_SHARE_MIN,
  IMAGE_BRIGHTEST_MIN,
  IMAGE_EDGE_RATIO_MAX,
  IMAGE_NOT_DARK_MIN,
  IMAGE_SATURATED_SHARE_MAX,
  IMAGE_WHITE_EDGE_SHARE_MAX,
} from "../../../shared/limits.ts";

export interface Complaint {
  readonly severity: "error" | "warning";
  /** Stable slug. */
  readonly code: string;
  /** Follows the image's name: what is wrong and what to do. */
  readonly text: string;
}

/** Judges whether grey values can be a mammogram's. After a decisive complaint the other checks are skipped. */
export function judgeGreys(greys: GreySummary): Complaint[] {
  const { min, max, brightShare, nearlyMax, saturatedShare, brightEdgeShare, edgeRatio } = greys;
  if (min === max) {
    const text = `shows nothing: every pixel is ${min}; export it again`;
    return [{ severity: "error", code: "image_constant", text }];
  }
  if (max < IMAGE_BRIGHTEST_MIN) {
    const text =
      `is nearly black: its brightest pixel is ${max} of 65535; were 8 bits saved as 16?`;
    return [warning("image_nearly_black", text)];
  }
  if (brightShare < IMAGE_BRIGHT_SHARE_MIN) {
    const share = (brightShare * 100).toFixed(2);
    return [
      warning("image_nearly_black", `is nearly black: only ${share} % of its pixels are bright`),
    ];
  }
  const complaints: Complaint[] = [];
  if (nearlyMax < IMAGE_NOT_DARK_MIN) {
    const bits = Math.max(8, Math.ceil(Math.log2(nearlyMax + 1)));
    const text =
      `is dark: its brightest pixels have ${nearlyMax} of 65535, as if ${bits} bits had not been ` +
      "scaled to 16; multiply the values, or export it again with its window";
    complaints.push(warning("image_dark", text));
  }
  if (brightEdgeShare > IMAGE_WHITE_EDGE_SHARE_MAX && edgeRatio > IMAGE_EDGE_RATIO_MAX) {
    const text =
      "has a bright background: it is inverted (MONOCHROME1 taken for MONOCHROME2, or the other way " +
      "round), or has a white frame; models expect black";
    complaints.push(warning("background_bright", text));
  } else if (saturatedShare > IMAGE_SATURATED_SHARE_MAX) {
    const text =
      `is saturated: ${
        (saturatedShare * 100).toFixed(0)
      } % of its bright pixels have the greatest value; ` +
      "its window is too narrow or misplaced";
    complaints.push(warning("image_saturated", text));
  }
  return complaints;
}

function warning(code: string, text: string): Complaint {
  return { severity: "warning", code, text };
}
