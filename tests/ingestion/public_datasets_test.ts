import assert from "node:assert/strict";
import { join } from "node:path";
import { readLabels } from "../../services/ingestion/dicom/labels.ts";
import { temporaryFolder } from "../support/temporary_folder.ts";
import { hasDicomTools, PYTHON, runPython, works } from "../support/tools.ts";

/** A script, the set's table with its real columns and made-up rows, and the labels that come out. */
interface Case {
  readonly script: string;
  readonly table: string;
  readonly further?: readonly string[];
  readonly labels: string;
}

const CASES: readonly Case[] = [
  {
    script: "cbis_ddsm",
    table:
      "patient_id,breast_density,left or right breast,image view,abnormality id,abnormality type,mass shape,mass margins,assessment,pathology,subtlety,image file path,cropped image file path,ROI mask file path\n" +
      'P_00001,3,LEFT,CC,1,mass,ROUND,SPICULATED,4,MALIGNANT,4,Mass-Training_P_00001_LEFT_CC/1.3.6.1.1/1.3.6.2/000000.dcm,"x\n","y\n"\n' +
      'P_00001,3,LEFT,CC,2,mass,ROUND,SPICULATED,4,BENIGN,4,Mass-Training_P_00001_LEFT_CC/1.3.6.1.1/1.3.6.2/000000.dcm,"x\n","y\n"\n' +
      'P_00002,2,RIGHT,MLO,1,mass,OVAL,OBSCURED,3,BENIGN_WITHOUT_CALLBACK,4,Mass-Training_P_00002_RIGHT_MLO/1.3.6.1.3/1.3.6.4/000000.dcm,"x\n","y\n"\n',
    labels:
      "StudyInstanceUID,left_malignant,right_malignant,patient_id,density,abnormality_type\n" +
      "1.3.6.1.1,1,0,P_00001,3,mass\n1.3.6.1.3,0,0,P_00002,2,mass\n",
  },
  {
    script: "vindr_mammo",
    table:
      "study_id,series_id,image_id,laterality,view_position,height,width,breast_birads,breast_density,split\n" +
      "b8d2,48b7,d8a1,R,CC,3580,2702,BI-RADS 5,DENSITY C,test\n" +
      "b8d2,48b7,d8a2,L,CC,3580,2702,BI-RADS 2,DENSITY C,test\n" +
      "c7e1,48b8,d8a3,L,MLO,3580,2702,BI-RADS 3,DENSITY B,training\n",
    labels: "StudyInstanceUID,left_malignant,right_malignant,density,split\n" +
      "b8d2,0,1,c,test\nc7e1,0,0,b,training\n",
  },
  {
    script: "cmmd",
    table: "ID1,LeftRight,Age,number,abnormality,classification,subtype\n" +
      "D1-0001,R,44,2,calcification,Benign,\nD2-0002,L,51,2,mass,Malignant,Luminal A\n" +
      "D2-0002,R,51,2,both,Benign,\n",
    labels: "PatientID,left_malignant,right_malignant,age,abnormality,subtype\n" +
      "D1-0001,0,0,44,calcification,\nD2-0002,1,0,51,mass,Luminal A\n",
  },
  {
    script: "rsna_2022",
    table:
      "site_id,patient_id,image_id,laterality,view,age,cancer,biopsy,invasive,BIRADS,implant,density,machine_id,difficult_negative_case\n" +
      "2,10006,462822612,L,CC,61.0,0,0,0,,0,,29,False\n" +
      "2,10006,1459541791,L,MLO,61.0,0,0,0,,0,,29,False\n" +
      "1,10011,220375232,R,CC,55.0,1,1,1,0,0,C,21,True\n",
    labels: "PatientID,left_malignant,right_malignant,density,implant,site,machine\n" +
      "10006,0,0,,0,2,29\n10011,0,1,C,0,1,21\n",
  },
  {
    script: "embed",
    table:
      "empi_anon,acc_anon,study_date_anon,side,asses,tissueden,path_severity,bside,RACE_DESC,ETHNICITY_DESC\n" +
      "11.0,7001.0,2015-01-02,L,B,2.0,,,Asian,\n11.0,7001.0,2015-01-02,L,M,2.0,1.0,L,Asian,\n" +
      "12.0,7002.0,2015-02-03,B,N,3.0,4.0,R,,\n13.0,7003.0,2015-02-03,B,S,1.0,0.0,,,\n",
    labels: "AccessionNumber,left_malignant,right_malignant,patient_id,density,race\n" +
      "7001,1,0,11,2,Asian\n7002,0,0,12,3,\n7003,1,1,13,1,\n",
  },
  {
    script: "csaw_cc",
    table:
      "anon_patientid,exam_year,x_case,x_cancer_laterality,x_type,rad_timing,rad_r1,rad_r2,rad_recall,imagelaterality,viewposition,dicom_manufacturer,libra_percentdensity,anon_filename\n" +
      "1,2012,1,Left,1,1,1,1,1,Left,CC,HOLOGIC,22.5,00001_20990909_L_CC_1.dcm\n" +
      "1,2010,1,Left,1,3,0,0,0,Left,CC,HOLOGIC,20.1,00001_20970909_L_CC_1.dcm\n" +
      "2,2012,0,,,,0,0,0,Right,MLO,HOLOGIC,11,00002_20990910_R_MLO_1.dcm\n",
    labels: "PatientID,StudyDate,left_malignant,right_malignant,percent_density\n" +
      "00001,20990909,1,0,22.5\n00001,20970909,0,0,20.1\n00002,20990910,0,0,11\n",
  },
];

function scriptAt(name: string): URL {
  return new URL(`../../examples/public_datasets/${name}.py`, import.meta.url);
}

for (const { script, table, labels } of CASES) {
  Deno.test({
    name: `public data sets: ${script} turns its table into labels that are read`,
    ignore: !works(PYTHON, ["-c", ""]),
    async fn(): Promise<void> {
      await using stack = new AsyncDisposableStack();
      const folder = await temporaryFolder(stack, "mammoeval-test-public-");
      const [source, target] = [join(folder, "table.csv"), join(folder, "labels.csv")];
      await Deno.writeTextFile(source, table);
      await runPython(scriptAt(script), [target, source]);
      assert.equal(await Deno.readTextFile(target), labels);
      const read = readLabels(labels);
      assert.deepEqual(read.rows.flatMap(({ faults }) => faults), []);
      assert.deepEqual(read.leftOut, [], "no column is lost");
      await Deno.writeTextFile(source, "a,b\n1,2\n");
      await assert.rejects(runPython(scriptAt(script), [target, source]), /has no column/);
    },
  });
}

Deno.test({
  name: "public data sets: inbreast and rsna_2022 read and complete the files' headers",
  ignore: !hasDicomTools(),
  async fn(): Promise<void> {
    await using stack = new AsyncDisposableStack();
    const folder = await temporaryFolder(stack, "mammoeval-test-public-");
    await runPython(new URL("make_public_files.py", import.meta.url), [folder]);
    const at = (name: string): string => join(folder, name);
    await Deno.writeTextFile(
      at("INbreast.csv"),
      "Patient ID;Patient age;Laterality;View;Acquisition date;File Name;ACR;Bi-Rads\n" +
        "removed;removed;R;CC;201001;20586908;4;4a\nremoved;removed;L;CC;201001;20586909;4;2\n" +
        "removed;removed;L;CC;201001;999;4;5\n",
    );
    await runPython(scriptAt("inbreast"), [at("labels.csv"), at("INbreast.csv"), at("inbreast")]);
    assert.equal(
      await Deno.readTextFile(at("labels.csv")),
      "StudyInstanceUID,left_malignant,right_malignant,density\n1.2.7,0,1,4\n",
    );
    await Deno.writeTextFile(
      at("train.csv"),
      CASES.find((one) => one.script === "rsna_2022")!.table,
    );
    await runPython(scriptAt("rsna_2022"), [
      ...[at("labels.csv"), at("train.csv"), at("rsna"), at("completed")],
    ]);
    const header = await runPython(new URL("make_public_files.py", import.meta.url), [
      ...["--show", at("completed/10006/462822612.dcm")],
    ]);
    assert.equal(header.trim(), "MG L CC");
  },
});
