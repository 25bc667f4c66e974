import Files
import Testing
import Time
import TimeIntervals

@testable import Configuration

@Suite("The zone \"Local\"")
struct ZoneFilesTests {
    private static let noon = Timestamp(milliseconds: 1_795_867_200_000)

    private func offset(_ files: ZoneFiles) throws(ZoneFileProblem) -> Int64 {
        try files.zone("Local").offset(at: Self.noon).components.seconds
    }

    private var tokyo: String { ZoneFiles().folder + "/Asia/Tokyo" }

    @Test(
        "is that of TZ",
        arguments: [
            ("Asia/Tokyo", 9), (":Asia/Tokyo", 9), ("", 0), (":", 0), ("UTC", 0),
            ("/usr/share/zoneinfo/Asia/Kolkata", 5), (":/usr/share/zoneinfo/Asia/Tokyo", 9),
        ]
    )
    func variable(value: String, hours: Int64) throws {
        let files = ZoneFiles(local: tokyo, variable: value)
        #expect(try offset(files) / 3600 == hours)
    }

    @Test("is that of the host without TZ")
    func host() throws {
        #expect(try offset(ZoneFiles(local: tokyo)) == 9 * 3600)
    }

    @Test(
        "is refused where it is not known",
        arguments: [nil, "Mars/Olympus", "CET-1CEST,M3.5.0", "Local", "/etc/passwd", "/none"]
    )
    func unknown(variable: String?) throws {
        let files = ZoneFiles(local: "/nonexistent/localtime", variable: variable)
        let problem = #expect(throws: ZoneFileProblem.self) { try offset(files) }
        let message = try #require(problem).message
        if let variable {
            #expect(message.hasPrefix("Local is \"\(variable)\" by TZ: "), "\(message)")
        } else {
            #expect(message.contains("/nonexistent/localtime and TZ is not set"), "\(message)")
        }
    }
}
