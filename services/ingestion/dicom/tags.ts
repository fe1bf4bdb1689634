/**
 * The only data elements that are read: group × 65536 + element. Any other tag is skipped by its length and
 * never becomes a string, which is the first line of privacy protection.
 */
export const TAGS = {
  FileMetaInformationGroupLength: 0x00020000,
  MediaStorageSOPClassUID: 0x00020002,
  TransferSyntaxUID: 0x00020010,
  ImageType: 0x00080008,
  SOPClassUID: 0x00080016,
  SOPInstanceUID: 0x00080018,
  StudyDate: 0x00080020,
  AccessionNumber: 0x00080050,
  Modality: 0x00080060,
  Manufacturer: 0x00080070,
  PresentationIntentType: 0x00080068,
  CodeValue: 0x00080100,
  CodeMeaning: 0x00080104,
  SeriesDescription: 0x0008103e,
  ManufacturerModelName: 0x00081090,
  BodyPartExamined: 0x00180015,
  SoftwareVersions: 0x00181020,
  BodyPartThickness: 0x001811a0,
  DetectorType: 0x00187004,
  DetectorID: 0x0018700a,
  ContrastBolusAgent: 0x00180010,
  ProtocolName: 0x00181030,
  AcquisitionDeviceProcessingDescription: 0x00181400,
  DerivationDescription: 0x00082111,
  PaddleDescription: 0x001811a4,
  PatientID: 0x00100020,
  EstimatedRadiographicMagnificationFactor: 0x00181114,
  ViewPosition: 0x00185101,
  FieldOfViewHorizontalFlip: 0x00187034,
  StudyInstanceUID: 0x0020000d,
  PatientOrientation: 0x00200020,
  Laterality: 0x00200060,
  ImageLaterality: 0x00200062,
  SamplesPerPixel: 0x00280002,
  PhotometricInterpretation: 0x00280004,
  NumberOfFrames: 0x00280008,
  Rows: 0x00280010,
  Columns: 0x00280011,
  BitsAllocated: 0x00280100,
  BitsStored: 0x00280101,
  HighBit: 0x00280102,
  PixelRepresentation: 0x00280103,
  PixelPaddingValue: 0x00280120,
  PixelPaddingRangeLimit: 0x00280121,
  BreastImplantPresent: 0x00281300,
  QualityControlImage: 0x00280300,
  BurnedInAnnotation: 0x00280301,
  WindowCenter: 0x00281050,
  WindowWidth: 0x00281051,
  RescaleIntercept: 0x00281052,
  RescaleSlope: 0x00281053,
  WindowCenterWidthExplanation: 0x00281055,
  VOILUTFunction: 0x00281056,
  ModalityLUTSequence: 0x00283000,
  LUTDescriptor: 0x00283002,
  LUTExplanation: 0x00283003,
  LUTData: 0x00283006,
  VOILUTSequence: 0x00283010,
  AnatomicRegionSequence: 0x00082218,
  AnatomicRegionModifierSequence: 0x00082220,
  ViewCodeSequence: 0x00540220,
  ViewModifierCodeSequence: 0x00540222,
  OverlayBitPosition: 0x60000102,
  PixelData: 0x7fe00010,
} as const;

/** Name of a data element that is read. */
export type TagName = keyof typeof TAGS;

/** The data elements that are read, by tag number. */
export const TAG_NAMES: ReadonlyMap<number, TagName> = new Map(
  Object.entries(TAGS).map(([name, tag]) => [tag, name as TagName]),
);

/** The sequences among them, since an implicit file does not state it. */
export const SEQUENCES: ReadonlySet<TagName> = new Set<TagName>([
  "ModalityLUTSequence",
  "VOILUTSequence",
  "AnatomicRegionSequence",
  "AnatomicRegionModifierSequence",
  "ViewCodeSequence",
  "ViewModifierCodeSequence",
]);
