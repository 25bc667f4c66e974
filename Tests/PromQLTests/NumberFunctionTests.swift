import Glibc
import PromQL
import Series
import TestSupport
import Testing

@Suite struct NumberFunctionTests {
    private func value(_ query: String, _ input: Double = 0) throws -> Double? {
        var store = SeriesStore(retention: .seconds(1000), maximumSeries: 1)
        store.append(["__name__": "m"], input, at: .seconds(0))
        switch try Engine().instant(
            Expression.parse(query, options: .experimental),
            at: .seconds(0),
            in: store
        )
        {
        case .scalar(let value, _): return value
        case .vector(let samples): return samples.first?.value
        default: return nil
        }
    }

    @Test(
        "mathematics is that of the C library",
        arguments: [-2.5, -1, -0.5, 0, 0.25, 1, 2.5, 20, .infinity, -.infinity, .nan]
    )
    func mathematics(input: Double) throws {
        let functions: [(String, (Double) -> Double)] = [
            ("abs", { $0.magnitude }), ("ceil", Glibc.ceil), ("floor", Glibc.floor),
            ("exp", Glibc.exp),
            ("sqrt", Glibc.sqrt), ("ln", Glibc.log), ("log2", Glibc.log2), ("log10", Glibc.log10),
            ("sin", Glibc.sin), ("cos", Glibc.cos), ("tan", Glibc.tan), ("asin", Glibc.asin),
            ("acos", Glibc.acos), ("atan", Glibc.atan), ("sinh", Glibc.sinh), ("cosh", Glibc.cosh),
            ("tanh", Glibc.tanh), ("asinh", Glibc.asinh), ("acosh", Glibc.acosh),
            ("atanh", Glibc.atanh),
        ]
        for (name, function) in functions {
            let found = try #require(try value("\(name)(m)", input))
            #expect(isClose(found, function(input)), "\(name)(\(input))")
        }
    }

    @Test(
        "functions of numbers return what is documented",
        arguments: [
            ("round(m)", 2.5, 3.0), ("round(m)", -2.5, -2), ("round(m, 5)", 12.4, 10),
            ("round(m, 0.1)", 1.26, 1.3), ("sgn(m)", -3, -1), ("sgn(m)", 0, 0),
            ("sgn(m)", .nan, .nan),
            ("clamp(m, 1, 2)", 5, 2), ("clamp(m, 1, 2)", 0, 1), ("clamp_min(m, 1)", 0, 1),
            ("clamp_max(m, 1)", 3, 1), ("clamp(m, NaN, 1)", 0, .nan),
            ("clamp(m, 0, 1)", .nan, .nan),
            ("deg(m)", .pi, 180), ("rad(m)", 180, .pi), ("pi()", 0, .pi), ("scalar(m)", 4, 4),
            ("scalar(missing)", 0, .nan), ("vector(3)", 0, 3), ("max_of(2, 3)", 0, 3),
            ("min_of(2, 3)", 0, 2), ("min_of(NaN, 3)", 0, .nan),
        ]
    )
    func numbers(query: String, input: Double, expected: Double) throws {
        #expect(isClose(try #require(try value(query, input)), expected))
    }

    @Test("clamping between reversed bounds returns nothing")
    func clamp() throws {
        #expect(try value("clamp(m, 2, 1)") == nil)
    }

    // MARK: Time

    @Test(
        "dates have their parts",
        arguments: [
            ("year", 1_136_239_445.0, 2006.0), ("month", 1_136_239_445, 1),
            ("day_of_month", 1_136_239_445, 2),
            ("day_of_week", 1_136_239_445, 1), ("day_of_year", 1_136_239_445, 2),
            ("hour", 1_136_239_445, 22),
            ("minute", 1_136_239_445, 4), ("days_in_month", 1_485_907_200, 28),
            ("day_of_year", 1_483_191_420, 366),
            ("year", -1, 1969), ("day_of_month", -1, 31), ("hour", -1, 23), ("day_of_week", -1, 3),
            ("year", .nan, .nan), ("minute", .infinity, .nan), ("year", 1e300, .nan),
            ("days_in_month", 951_782_400, 29), ("days_in_month", -2_203_977_600, 28),
        ]
    )
    func dates(function: String, seconds: Double, expected: Double) throws {
        #expect(isClose(try #require(try value("\(function)(m)", seconds)), expected))
    }

    @Test("dates agree with counting days one by one", arguments: 0..<50)
    func calendar(seed: Int) throws {
        var random = SeededRandom(seed: seed)
        let target = Int.random(in: 0...60_000, using: &random)
        var (year, month, day) = (1970, 1, 1)
        for _ in 0..<target {
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        let seconds = Double(target * 86_400 + Int.random(in: 0..<86_400, using: &random))
        #expect(try value("year(m)", seconds) == Double(year))
        #expect(try value("month(m)", seconds) == Double(month))
        #expect(try value("day_of_month(m)", seconds) == Double(day))
        #expect(try value("day_of_week(m)", seconds) == Double((target + 4) % 7))
    }

    @Test("time is that of the query, timestamp that of the sample")
    func times() throws {
        let store = try store("m 1 1 _")
        #expect(try elements("timestamp(m)", at: 90, in: store) == ["{} 60"])
        #expect(try elements("timestamp((m offset 30s))", at: 90, in: store) == ["{} 60"])
        #expect(try elements("timestamp(-m)", at: 90, in: store) == ["{} 90"])
        #expect(try elements("time()", at: 90, in: store) == ["90"])
        #expect(try elements("hour()", at: 7200, in: store) == ["{} 2"])
        let engine = Engine()
        for (text, expected) in [
            ("start()", 60.0), ("end()", 300), ("step()", 120), ("range()", 240),
        ] {
            let value = try engine.range(
                Expression.parse(text, options: .experimental),
                from: .seconds(60),
                through: .seconds(300),
                step: .seconds(120),
                in: store
            )
            guard case .matrix(let series) = value else { return }
            #expect(series.map { $0.points.map(\.value) } == [[expected, expected, expected]])
        }
    }
}
