import StrictYAML
import Testing

@testable import Configuration

@Suite("The history in the configuration")
struct HistoryConfigurationTests {
    private func read(_ history: String) -> YAMLReading<Configuration> {
        let text = """
            cloud:
              region: cn-north-4
              project_id: "0123"
              credentials: {metadata: {}}
            history: \(history)
            """
        return ConfigurationReader.read(text, file: "g")
    }

    private func history(_ text: String) throws -> HistoryConfiguration {
        try #require(read(text).value).history
    }

    @Test("is kept for 30 days in 1 GiB by default")
    func defaults() throws {
        #expect(try history("{}") == HistoryConfiguration())
        #expect(try history("").maximumBytes == 1 << 30)
        #expect(try history("").retention == .seconds(30 * 86_400) && history("").isKept)
    }

    @Test("has a retention and a size, and can be off")
    func keys() throws {
        let kept = try history("{retention: 90d, max_size: 512MiB}")
        #expect(kept.retention == .seconds(90 * 86_400) && kept.maximumBytes == 512 << 20)
        #expect(try !history("{retention: 0s}").isKept)
        #expect(try history("{max_size: 4096KiB}").maximumBytes == 4 << 20)
        #expect(try history("{max_size: 2TiB}").maximumBytes == 2 << 40)
    }

    @Test("can be what a Prometheus keeps, and then none is on disk")
    func source() throws {
        let history = try history(
            "{url: \"https://prometheus:9090/tenant\", match: '{job=\"g\"}', timeout: 1m}"
        )
        let source = try #require(history.source)
        #expect("\(source.url)" == "https://prometheus:9090/tenant" && !history.isKept)
        #expect(source.match == "{job=\"g\"}" && source.timeout == .seconds(60))
        #expect(source.credentials == nil && source.certificateAuthorityFile == nil)
    }

    @Test(
        "is refused if it is not meant so",
        arguments: [
            ("{retention: 5m}", "at least 1h"), ("{retention: -1d}", ""),
            ("{max_size: 1GB}", "512MiB or 1GiB"), ("{max_size: 1}", "512MiB or 1GiB"),
            ("{max_size: 1.5GiB}", "512MiB or 1GiB"), ("{max_size: 1MiB}", "at least 4MiB"),
            ("{max_size: -1GiB}", "512MiB or 1GiB"), ("{max_size: +1GiB}", "512MiB or 1GiB"),
            ("{max_size: 9223372036854775807GiB}", "512MiB or 1GiB"),
            ("{max_size: GiB}", "512MiB or 1GiB"), ("{maxsize: 1GiB}", "max_size"), ("30d", ""),
            ("{url: \"prometheus:9090\"}", "http"), ("{timeout: 5s}", "timeout needs url"),
            ("{match: '{a=\"b\"}'}", "match needs url"),
            ("{url: \"http://p:9090\", retention: 30d}", "remove retention"),
            ("{url: \"http://p:9090\", max_size: 1GiB}", "remove max_size"),
            ("{url: \"http://p:9090\", match: 'up'}", "without a name"),
            ("{url: \"http://p:9090\", match: '{a=}'}", ""),
            ("{url: \"http://p:9090\", match: '{__name__=\"up\"}'}", "must have no name"),
            ("{url: \"http://p:9090\", timeout: 1h}", ""),
            ("{url: \"http://p:9090\", user: u}", "need each other"),
        ]
    )
    func refused(text: String, message: String) {
        let errors = read(text).issues.filter { $0.severity == .error }
        #expect(errors.count == 1, "\(errors)")
        #expect(message.isEmpty || errors.contains { $0.message.contains(message) }, "\(errors)")
    }
}
