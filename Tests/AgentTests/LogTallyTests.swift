import API
import Logging
import Testing

@Suite("Log lines that clients cause")
struct LogTallyTests {
    @Test("are bounded for each kind, with the count and the first example of the rest")
    func bounded() {
        let lines = LogLines()
        let tally = LogTally(logger: lines.logger)
        for number in 0..<1_000 {
            tally.log("Refused", reason: "full", ["n": "\(number)"])
            tally.log("Received", level: .info, atMost: 3, ["n": "\(number)"])
            tally.log("Received", level: .debug, reason: "again", ["n": "\(number)"])
        }
        tally.log("Refused", reason: "auth", ["n": "x"])
        tally.count(7, "Rejected", ["n": "y"])
        #expect(
            lines.take() == [
                "warning: Refused n=0", "info: Received n=0", "info: Received n=1",
                "info: Received n=2", "warning: Refused n=x",
            ]
        )
        tally.report()
        #expect(
            lines.take() == [
                "info: Received count=997 n=3", "warning: Refused count=999 n=1 reason=full",
                "warning: Rejected count=7 n=y",
            ]
        )
        tally.report()
        #expect(lines.take() == [])
        tally.log("Refused", reason: "full", ["n": "1001"])
        #expect(lines.take() == ["warning: Refused n=1001"])
    }
}
