import Agent
import Exposition
import JSON
import Logging
import Time
import TimeIntervals
import URI

extension Targets {
    /// Times and durations: what is written reads back.
    static let time = Target("time", tokens: Tokens.times + ["T", "Z", ":", "GMT", "y", "ms"]) {
        input in
        let text = String(decoding: input, as: UTF8.self)
        var isRead = false
        for time in [Timestamp(rfc3339: text), Timestamp(iso8601Basic: text)].compactMap(\.self) {
            isRead = true
            guard Timestamp(rfc3339: time.rfc3339) == time else {
                throw Broken("reads back differently", time.rfc3339)
            }
        }
        let now = Timestamp(milliseconds: 1_795_000_000_000)
        if let time = Timestamp(httpDate: text, now: now) {
            isRead = true
            guard Timestamp(httpDate: time.httpDate, now: now) == time else {
                throw Broken("reads back differently", time.httpDate)
            }
        }
        do {
            let duration = try PrometheusDuration.parse(text)
            isRead = true
            let written = PrometheusDuration.format(duration)
            guard try PrometheusDuration.parse(written) == duration else {
                throw Broken("reads back differently", written)
            }
        } catch let error as PrometheusDuration.ParseError {
            try Message.check("\(error)")
        }
        return isRead ? .accepted : .refused
    }

    /// Compiled time zones.
    static let zone = Target("zone", tokens: ["TZif2", "CET-1CEST,M3.5.0,M10.5.0/3", "<+03>-3"]) {
        input in
        do {
            let zone = try TimeZoneTable(name: "Z", file: input)
            var interval = CalendarInterval()
            interval.zone = zone
            interval.times = [540..<1020]
            interval.weekdays = [1...5]
            let calendar = CalendarIntervals([interval])
            let start = Timestamp(milliseconds: 1_795_000_000_000)
            let found = calendar.search(after: start, before: .distantFuture, looks: 500)
            guard found.change.map({ $0 > start }) ?? true else {
                throw Broken("change in the past", "\(found)")
            }
            for time in [Timestamp.distantPast, start, .distantFuture] {
                guard abs(zone.offset(at: time).components.seconds) <= 8 * 86_400 else {
                    throw Broken("offset", "\(zone.offset(at: time))")
                }
            }
            return .accepted
        } catch let error as ZoneFileError {
            try Message.check("\(error)")
            return .refused
        }
    }

    /// Both readers of metrics as text.
    static let openMetrics = Target(
        "openmetrics",
        tokens: [
            "# EOF\n", "# TYPE a counter\n", "# HELP a ", "# UNIT a seconds\n", "a_total", "{", "}",
            "le=\"+Inf\"", "=\"", "\\n", "\\\"", " 1 ", "NaN", "+Inf", "1.5e3", "\n",
            "# {a=\"b\"} 1",
            "_bucket", "_sum", "_count", "a 1 1795000000.000\n", "\u{0}", ",",
        ]
    ) { input in
        for isOpenMetrics in [true, false] {
            _ = ExpositionLint.findings(input, isOpenMetrics: isOpenMetrics)
        }
        var reader = OpenMetricsReader(input)
        do throws(OpenMetricsReader.Failure) {
            while try reader.next() != nil {}
            return .accepted
        } catch {
            try Message.check("\(error)")
            guard error.line <= input.count(where: { $0 == UInt8(ascii: "\n") }) + 1 else {
                throw Broken("place", "\(error)")
            }
            return .refused
        }
    }

    /// Percent encoding, form encoding and base64: what is decoded can be encoded and decoded anew.
    static let encodings = Target(
        "encodings",
        tokens: ["%20", "%2", "%C3%A9", "%FF", "%00", "+", "&", "=", ";", "==", "YQ==", "/w=="]
    ) { input in
        let text = String(decoding: input, as: UTF8.self)
        var isRead = false
        if let decoded = try? PercentEncoding.decode(text) {
            isRead = true
            guard (try? PercentEncoding.decode(PercentEncoding.encode(decoded))) == decoded else {
                throw Broken("reads back differently", "percent")
            }
        }
        if let items = try? FormEncoding.decode(text) {
            isRead = true
            guard (try? FormEncoding.decode(FormEncoding.encode(items))) == items else {
                throw Broken("reads back differently", "form")
            }
        }
        if let bytes = Base64.decode(text) {
            isRead = true
            guard Base64.encode(bytes) == text else { throw Broken("not canonical", "base64") }
        }
        guard Base64.decode(Base64.encode(input)) == input else {
            throw Broken("reads back differently", "base64")
        }
        _ = PercentEncoding.decodeLeniently(text)
        return isRead ? .accepted : .refused
    }

    /// A line of the log stays one line, in both formats, whatever is logged.
    static let log = Target("log", tokens: ["\n", "\u{1B}[31m", "=", "\"", "\\", " ", "}", ","]) {
        input in
        let text = String(decoding: input, as: UTF8.self)
        for format in LogFormat.allCases {
            let line = format.line(
                timestamp: "t",
                level: .info,
                message: text,
                fields: [("err", text), ("graph_id", text)]
            )
            try Message.checkOutput(line + "\n", maximumBytes: 60 << 10)
            guard !line.contains("\n") else { throw Broken("several lines", "") }
            guard format == .json else { continue }
            do {
                let read = try JSONValue.parse(Array(line.utf8))
                guard text.unicodeScalars.count > 2_000 || read["msg"]?.stringValue == text else {
                    throw Broken("reads back differently", line)
                }
            } catch let error as JSONError {
                throw Broken("not JSON", "\(error)")
            }
        }
        return .accepted
    }
}
