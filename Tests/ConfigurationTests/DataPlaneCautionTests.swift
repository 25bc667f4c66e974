import StrictYAML
import Testing

@testable import Configuration

@Suite("The data plane in the configuration")
struct DataPlaneCautionTests {
    private static let pin = String(repeating: "ab:", count: 31) + "ab"

    @Test(
        "a server that is not verified is warned about, unless its key is pinned",
        arguments: [
            ("{}", nil), ("{insecure: false}", nil), ("{scheme: https}", nil),
            ("{fingerprint: '\(pin)'}", nil),
            ("{insecure: true}", "the certificates of graphs are not verified"),
            ("{scheme: https, insecure: true}", "the certificates of graphs are not verified"),
            (
                "{insecure: true, fingerprint: '\(pin)'}",
                "credentials may be sent to public addresses over plain http"
            ),
        ] as [(String, String?)]
    )
    func verification(section: String, caution: String?) throws {
        let text = """
            cloud:
              region: cn-north-4
              project_id: "0123"
              credentials: {metadata: {}}
            sampling: {data_plane: \(section)}

            """
        let reading = ConfigurationReader.read(text, file: "/etc/graphwarden.yml")
        let sampling = try #require(reading.value, "\(reading.issues)").sampling
        let found = reading.issues.filter { "\($0)".contains("data_plane") || $0.mark.line == 5 }
        #expect(found.count == (caution == nil ? 0 : 1), "\(reading.issues)")
        #expect(found.allSatisfy { $0.severity == .warning })
        if let caution { #expect(found.allSatisfy { "\($0)".contains(caution) }) }
        #expect((sampling.dataPlaneFingerprint != nil) == section.contains("fingerprint"))
    }
}
