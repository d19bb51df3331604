import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatType } from '../../../../backend/contract/format-type.ts';
import { parseSignature } from '../../../../backend/contract/parse-type.ts';
import { cDefinitions } from '../../../../kernel/compiler/foreign/c-functions.ts';

/* Recorded: what clang -g makes of `source`, the lines that count. */

const source = `double foo(double x, const int64_t *restrict p) { return x; }
typedef struct { long q; double r; } qr; qr divide(long a) { return (qr){ a, a }; }
int walk(struct node *n, ...) { return 0; }
`;

const recorded = `
!2 = distinct !DICompileUnit(language: DW_LANG_C11, file: !3, producer: "clang (a, b)", emissionKind: FullDebug)
!3 = !DIFile(filename: "-", directory: "/home/me", checksumkind: CSK_MD5, checksum: "9c49")
!6 = !DIFile(filename: "<stdin>", directory: "/home/me")
!7 = !DIFile(filename: "/usr/include/stdlib.h", directory: "")
!20 = !DIBasicType(name: "double", size: 64, encoding: DW_ATE_float)
!21 = !DIBasicType(name: "long", size: 64, encoding: DW_ATE_signed)
!22 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!23 = !DIDerivedType(tag: DW_TAG_typedef, name: "int64_t", file: !7, line: 27, baseType: !21)
!24 = !DIDerivedType(tag: DW_TAG_const_type, baseType: !23)
!25 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !24, size: 64)
!26 = !DIDerivedType(tag: DW_TAG_restrict_type, baseType: !25)
!27 = distinct !DISubprogram(name: "foo", scope: !6, file: !6, line: 1, type: !28, scopeLine: 1, flags: DIFlagPrototyped, spFlags: DISPFlagDefinition, unit: !2)
!28 = !DISubroutineType(types: !29)
!29 = !{!20, !20, !26}
!30 = distinct !DISubprogram(name: "hidden", scope: !6, file: !6, line: 9, type: !28, spFlags: DISPFlagLocalToUnit | DISPFlagDefinition, unit: !2)
!31 = distinct !DISubprogram(name: "atoi", scope: !7, file: !7, line: 9, type: !28, spFlags: DISPFlagDefinition, unit: !2)
!32 = !DISubprogram(name: "declared", scope: !6, file: !6, line: 9, type: !28, spFlags: 0)
!40 = distinct !DICompositeType(tag: DW_TAG_structure_type, file: !6, line: 2, size: 128, elements: !41)
!41 = !{!42, !43}
!42 = !DIDerivedType(tag: DW_TAG_member, name: "q", scope: !40, file: !6, line: 2, baseType: !21, size: 64)
!43 = !DIDerivedType(tag: DW_TAG_member, name: "r", scope: !40, file: !6, line: 2, baseType: !20, size: 64, offset: 64)
!44 = !DIDerivedType(tag: DW_TAG_typedef, name: "qr", file: !6, line: 2, baseType: !40)
!45 = distinct !DISubprogram(name: "divide", scope: !6, file: !6, line: 2, type: !46, spFlags: DISPFlagDefinition, unit: !2)
!46 = !DISubroutineType(types: !47)
!47 = !{!44, !21}
!50 = distinct !DICompositeType(tag: DW_TAG_structure_type, name: "node", file: !6, line: 6, size: 128, elements: !51)
!51 = !{!52}
!52 = !DIDerivedType(tag: DW_TAG_member, name: "next", scope: !50, file: !6, line: 6, baseType: !53, size: 64)
!53 = !DIDerivedType(tag: DW_TAG_pointer_type, baseType: !50, size: 64)
!54 = distinct !DISubprogram(name: "walk", scope: !6, file: !6, line: 3, type: !55, spFlags: DISPFlagDefinition, unit: !2)
!55 = !DISubroutineType(types: !56)
!56 = !{!22, !53, null}
`;

const definitions = suite('what clang’s debug information says of a source');
const found = cDefinitions(recorded, source);

definitions('its own functions that others may call, in their order', () => {
  assert.equal(
    found.map(({ declaration }) => declaration),
    ['double foo(double, const long *)', 'qr divide(long)', 'int walk(struct node *, ...)'],
  );
});

definitions('where their names stand', () => {
  assert.equal(
    found.map(({ span }) => source.slice(span.start, span.end)),
    ['foo', 'divide', 'walk'],
  );
});

definitions('the signatures that follow from their types', () => {
  assert.equal(
    found.map(({ ownSignature }) => ownSignature && formatType(ownSignature)),
    ['float64(float64, int64*)', '(int64, float64)(int64)', undefined],
  );
});

definitions('the signatures that they accept', () => {
  const accepted = (index: number, ...texts: string[]) =>
    texts.filter((text) => found[index]?.accepts(parseSignature(text)));
  assert.equal(
    accepted(
      0,
      'double(double, int64*)',
      'double(double, void*)',
      'double(double, uint64*)',
      'double(double, int64)',
      'double(double)',
      'float(double, int64*)',
      'double(double, int64*, int64)',
    ),
    ['double(double, int64*)', 'double(double, void*)'],
  );
  assert.equal(accepted(1, '(int64, float64)(int64)', '(int64, int64)(int64)', '{int64, float64}(int64)'), [
    '(int64, float64)(int64)',
    '{int64, float64}(int64)',
  ]);
  assert.equal(accepted(2, 'int32(void*)', 'int32(int64*, int64)'), []);
});

definitions.run();
