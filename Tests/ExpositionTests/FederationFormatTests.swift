import Exposition
import Testing

@Test("federated samples are untyped and have timestamps")
func federation() {
    var format = FederationFormat()
    format.append(
        "a",
        labels: [("x", "\"\n"), ("instance", "")],
        value: 1,
        timestampMilliseconds: 5
    )
    format.append("a", labels: [], value: .nan, timestampMilliseconds: -5)
    format.append("b", labels: [], value: 0.5, timestampMilliseconds: 1_763_932_800_050)
    #expect(
        String(decoding: format.bytes, as: UTF8.self) == """
            # TYPE a untyped
            a{x="\\"\\n",instance=""} 1 5
            a NaN -5
            # TYPE b untyped
            b 0.5 1763932800050

            """
    )
}
