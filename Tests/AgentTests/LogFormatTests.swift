import Foundation
import GoText
import Logging
import Testing

@testable import Agent

@Suite("Log lines")
struct LogFormatTests {
    private func line(_ format: LogFormat, _ message: String, _ fields: [(String, String)] = [])
        -> String
    {
        format.line(
            timestamp: "2026-01-02T03:04:05.678Z",
            level: .warning,
            message: message,
            fields: fields
        )
    }

    @Test("in logfmt quote only what needs it, and sort their keys")
    func logfmt() {
        #expect(
            line(.logfmt, "Listening on", [("z", "1"), ("address", "127.0.0.1:1")])
                == "ts=2026-01-02T03:04:05.678Z level=warn msg=\"Listening on\""
                + " address=127.0.0.1:1 z=1"
        )
        #expect(line(.logfmt, "a=\"b\"\n").hasSuffix("msg=\"a=\\\"b\\\"\\n\""))
        #expect(line(.logfmt, "").hasSuffix("msg=\"\""))
    }

    @Test("in JSON have the same keys and stay on one line")
    func json() {
        let text = line(.json, "a\u{1}\"\\\n", [("k", "v")])
        #expect(
            text == "{\"ts\":\"2026-01-02T03:04:05.678Z\",\"level\":\"warn\","
                + "\"msg\":\"a\\u0001\\\"\\\\\\n\",\"k\":\"v\"}"
        )
    }

    @Test(
        "hold no character that acts on a terminal",
        arguments: LogFormat.allCases,
        ["\u{1b}[2J", "\u{9b}31m", "\u{202e}txt.exe", "\u{2066}", "a\u{7f}", "\u{2028}"]
    )
    func unsafe(format: LogFormat, text: String) {
        let line = line(format, text, [("graph_name", text), ("err", text)])
        #expect(line.unicodeScalars.allSatisfy { !$0.isUnsafeToShow })
        #expect(line.components(separatedBy: "\\u").count == 4, "\(line)")
    }

    @Test("cut long ids and long texts")
    func cut() {
        let long = String(repeating: "x", count: 100_000)
        let text = line(.logfmt, long, [("graph_id", long), ("err", long)])
        #expect(text.contains(" graph_id=" + long.prefix(64) + "\u{2026}"))
        #expect(text.count < 4_300)
    }

    @Test("support the four levels of Prometheus exporters")
    func levels() {
        for name in ["debug", "info", "warn", "error"] {
            #expect(Logger.Level(exporterName: name)?.exporterName == name)
        }
        #expect(Logger.Level(exporterName: "warning") == nil)
        #expect(Logger.Level.critical.exporterName == "error")
    }
}
