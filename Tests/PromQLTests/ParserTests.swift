import PromQL
import Series
import TestSupport
import Testing

@Suite struct ParserTests {
    /// An expression and its normal form.
    @Test(
        "expressions have a normal form",
        arguments: [
            // Numbers, durations, strings.
            ("1", "1"), ("1_000", "1000"), (".5", "0.5"), ("5.", "5"), ("0x1F", "31"), ("010", "8"),
            ("08", "8"), ("1e3", "1000"), ("1.5e-7", "0.00000015"), ("inf", "+Inf"),
            ("-Inf", "-Inf"),
            ("nAn", "NaN"), ("100000000000000000000", "100000000000000000000"), ("- 5", "-5"),
            ("5m", "5m"), ("61s", "1m1s"), ("90d", "90d"), ("14d", "2w"), ("365d", "1y"),
            ("1500ms", "1s500ms"), ("-1h", "-1h"), (#""a""#, #""a""#),
            (#"'it\'s "x"'"#, #""it's \"x\"""#),
            ("`raw \\n`", #""raw \\n""#), (#""\x41\101\u00e9\U0001F600\t""#, #""AAé😀\t""#),
            // Selectors.
            ("up", "up"), ("a:b:c", "a:b:c"), ("up{}", "up"),
            (#"up{b="2",a="1",}"#, #"up{a="1",b="2"}"#),
            (#"{a!="", b=~'x|y'}"#, #"{a!="",b=~"x|y"}"#), (#"{"up"}"#, #"{__name__="up"}"#),
            (#"{"the name", "a b"="c"}"#, #"{"a b"="c",__name__="the name"}"#),
            ("sum", "sum"), ("by", "by"), ("offset offset 5m", "offset offset 5m"),
            ("fill + fill", "fill + fill"),
            // Times.
            ("up[5m]", "up[5m]"), ("up[300]", "up[5m]"), ("up[ 1h30m ]", "up[1h30m]"),
            ("up offset -5m", "up offset -5m"), ("up offset 0s", "up"), ("up @ 1.5", "up @ 1.500"),
            ("up @ -0.001", "up @ -0.001"), ("up @ 1m", "up @ 60.000"),
            ("up offset 5m @ start()", "up @ start() offset 5m"),
            ("up[5m] offset 1m @ end()", "up[5m] @ end() offset 1m"),
            ("rate(up[5m])[1h:]", "rate(up[5m])[1h:]"),
            ("up[1h:60] @ 3 offset 1m", "up[1h:1m] @ 3.000 offset 1m"),
            ("up[5m+step()*2]", "up[5m + step() * 2]"), ("up[(1m)]", "up[(1m)]"),
            ("up offset -(STEP() ^ 2)", "up offset -(step() ^ 2)"),
            ("up[min_of(range(), 1h):max_of(1,2)]", "up[min_of(range(), 1h):max_of(1, 2)]"),
            // Operators.
            ("1+2*3^4", "1 + 2 * 3 ^ 4"), ("-1^2", "-1 ^ 2"), ("- - a", "--a"), ("+a", "+a"),
            ("a AND b or c UnLeSs d", "a and b or c unless d"), ("a atan2 b", "a atan2 b"),
            ("1 == bool 2", "1 == bool 2"), ("a>bool on(x,y,)b", "a > bool on (x, y) b"),
            ("a+ignoring()b", "a + b"), ("a + on() b", "a + on () b"),
            ("a*on(x)group_left b", "a * on (x) group_left () b"),
            (#"a/ignoring(x)group_right("y z",w)b"#, #"a / ignoring (x) group_right ("y z", w) b"#),
            ("1 + on() a", "1 + a"), ("(a)", "(a)"), ("a # comment\n + b", "a + b"),
            // Aggregations and calls.
            ("SUM(a)", "sum(a)"), ("sum(a)by(x)", "sum by (x) (a)"), ("sum by () (a)", "sum(a)"),
            ("sum without () (a)", "sum without () (a)"), ("topk(5,a)", "topk(5, a)"),
            (
                "count_values without (bool, on) ('v', a)",
                #"count_values without (bool, on) ("v", a)"#
            ),
            ("rate ( a [ 5m ] )", "rate(a[5m])"), ("time()", "time()"),
            ("label_join(a,'d',',','s')", #"label_join(a, "d", ",", "s")"#),
            ("hour()", "hour()"), ("round(a)", "round(a)"),
        ]
    )
    func normalForm(written: String, expected: String) throws {
        let expression = try Expression.parse(written)
        #expect(expression.description == expected)
        #expect(try Expression.parse(expected) == expression)
    }

    /// An invalid expression and its error message.
    @Test(
        "a refused expression has its error and place",
        arguments: [
            ("", "1:1: parse error: no expression found in input"),
            ("  # only a comment", "1:1: parse error: no expression found in input"),
            ("1 +", "1:4: parse error: unexpected end of input"),
            ("a\n  + +\n)", "3:2: parse error: unexpected right parenthesis ')'"),
            ("*1", "1:1: parse error: unexpected <op:*>"),
            ("a b", #"1:3: parse error: unexpected identifier "b""#),
            ("a by", "1:3: parse error: unexpected <by>"),
            ("(a", "1:3: parse error: unclosed left parenthesis"),
            ("a[5m", "1:5: parse error: unclosed left bracket"),
            ("a[", "1:3: parse error: unexpected end of input in duration expression"),
            ("a[:]", "1:3: parse error: unexpected colon before duration in duration expression"),
            ("a[5m:1m:1m]", "1:8: parse error: unexpected colon ':'"),
            ("a[x]", "1:3: parse error: unexpected character in duration expression: 'x'"),
            ("a[5m x]", "1:6: parse error: unexpected character: 'x', expected ':'"),
            ("a[5x]", #"1:3: parse error: bad number or duration syntax: "5""#),
            ("a[1m1h]", #"1:3: parse error: not a valid duration string: "1m1h""#),
            ("a[300y]", "1:3: parse error: duration out of range"),
            (
                "a[99999999999999999999s]",
                #"1:3: parse error: not a valid duration string: "99999999999999999999s""#
            ),
            ("a[0]", "1:3: parse error: duration must be greater than 0"),
            ("a[-1m]", "1:3: parse error: duration must be greater than 0"),
            ("a[1m/0]", "1:5: parse error: division by zero"),
            ("1__0", #"1:1: parse error: bad number or duration syntax: "1__""#),
            ("é", "1:1: parse error: unexpected character: 'é'"),
            ("\u{301}", "1:1: parse error: unexpected character: '\u{301}'"),
            ("a ! b", "1:3: parse error: unexpected character after '!': ' '"),
            ("a =~ b", "1:3: parse error: unexpected character after '=': '~'"),
            ("\"abc", "1:1: parse error: unterminated quoted string"),
            ("`abc", "1:1: parse error: unterminated raw string"),
            (#""\q""#, "1:1: parse error: unknown escape sequence U+0071 'q'"),
            (#""\xg0""#, "1:1: parse error: illegal character U+0067 'g' in escape sequence"),
            (#""\ud800""#, "1:1: parse error: escape sequence is an invalid Unicode code point"),
            ("a{", "1:3: parse error: unexpected end of input inside braces"),
            (
                "a{b}",
                #"1:4: parse error: unexpected "}" in label matching, expected label matching operator"#
            ),
            (
                "a{b=c}",
                #"1:5: parse error: unexpected identifier "c" in label matching, expected string"#
            ),
            (
                #"a{b="c" d}"#,
                #"1:9: parse error: unexpected identifier "d" in label matching, expected "," or "}""#
            ),
            (
                "a{,}",
                #"1:3: parse error: unexpected "," in label matching, expected identifier or "}""#
            ),
            (
                #"a{b=~"*"}"#,
                "1:3: parse error: error parsing regexp: missing argument to repetition operator: `*`"
            ),
            (#"a{"b"}"#, #"1:1: parse error: metric name must not be set twice: "a" or "b""#),
            ("{}", "1:1: parse error: vector selector must contain at least one non-empty matcher"),
            (
                #"{a=~".*"}"#,
                "1:1: parse error: vector selector must contain at least one non-empty matcher"
            ),
            ("sum()", "1:1: parse error: no arguments for aggregate expression provided"),
            (
                "topk(a)",
                "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 2, got 1"
            ),
            (
                "sum by x (a)",
                #"1:8: parse error: unexpected identifier "x" in grouping opts, expected "(""#
            ),
            (
                "sum by (1) (a)",
                #"1:9: parse error: unexpected number "1" in grouping opts, expected label"#
            ),
            (
                "sum by (x y) (a)",
                #"1:11: parse error: unexpected identifier "y" in grouping opts, expected "," or ")""#
            ),
            ("nope(a)", #"1:1: parse error: unknown function with name "nope""#),
            (
                "rate(a[5m],)",
                "1:11: parse error: trailing commas not allowed in function call args"
            ),
            (
                "rate(a)",
                #"1:6: parse error: expected type range vector in call to function "rate", got instant vector"#
            ),
            (
                "abs(1)",
                #"1:5: parse error: expected type instant vector in call to function "abs", got scalar"#
            ),
            ("time(1)", #"1:1: parse error: expected 0 argument(s) in call to "time", got 1"#),
            (
                "label_join(a, 'b')",
                #"1:1: parse error: expected at least 3 argument(s) in call to "label_join", got 2"#
            ),
            (
                "round(a, 1, 2)",
                #"1:1: parse error: expected at most 2 argument(s) in call to "round", got 3"#
            ),
            (
                "sum(1)",
                "1:5: parse error: expected type instant vector in aggregation expression, got scalar"
            ),
            (
                "topk('x', a)",
                "1:6: parse error: expected type scalar in aggregation parameter, got string"
            ),
            (
                "count_values(1, a)",
                "1:14: parse error: expected type string in aggregation parameter, got scalar"
            ),
            ("1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier"),
            (
                "a + bool b",
                "1:3: parse error: bool modifier can only be used on comparison operators"
            ),
            (
                "a[5m] + 1",
                "1:1: parse error: binary expression must contain only scalar and instant vector types"
            ),
            (
                "1 + 'x'",
                "1:5: parse error: binary expression must contain only scalar and instant vector types"
            ),
            (
                "1 and a",
                #"1:1: parse error: set operator "and" not allowed in binary scalar expression"#
            ),
            (
                "1 + on(x) a",
                "1:1: parse error: vector matching only allowed between instant vectors"
            ),
            (
                "a and on(x) group_left b",
                #"1:1: parse error: no grouping allowed for "and" operation"#
            ),
            (
                "a + on(x) group_left(x) b",
                #"1:3: parse error: label "x" must not occur in ON and GROUP clause at once"#
            ),
            (
                "-a[5m]",
                #"1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got "range vector""#
            ),
            ("1[5m]", "1:2: parse error: ranges only allowed for vector selectors"),
            ("a offset 1m [5m]", "1:13: parse error: no offset modifiers allowed before range"),
            ("a @ 1 [5m]", "1:7: parse error: no @ modifiers allowed before range"),
            ("a offset 1m offset 1m", "1:1: parse error: offset may not be set multiple times"),
            ("a @ 1 @ 2", "1:1: parse error: @ <timestamp> may not be set multiple times"),
            ("a @ x", #"1:5: parse error: unexpected identifier "x" in @, expected timestamp"#),
            (
                "(a) offset 1m",
                "1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery"
            ),
            (
                "1[5m:1m]",
                "1:1: parse error: subquery is only allowed on instant vector, got scalar instead"
            ),
            (
                "a[5m][5m:]",
                "1:1: parse error: subquery is only allowed on instant vector, got matrix instead"
            ),
            ("a smoothed", "1:1: parse error: smoothed modifier is experimental and not enabled"),
            (
                "a + fill(1) b",
                "1:1: parse error: binop fill modifiers are experimental and not enabled"
            ),
            (
                "limitk(1, a)",
                "1:1: parse error: limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions"
            ),
            ("mad_over_time(a[5m])", #"1:1: parse error: function "mad_over_time" is not enabled"#),
            ("end()", #"1:1: parse error: function "end" is not enabled"#),
        ]
    )
    func refusal(written: String, message: String) {
        let error = #expect(throws: ParseError.self) { try Expression.parse(written) }
        #expect(error?.description == message)
    }

    @Test("experimental syntax is accepted only if enabled")
    func experimental() throws {
        for text in [
            "a smoothed", "rate(a[5m] anchored)", "a + fill (1) b", "limit_ratio(0.5, a)",
            "a * on (x) group_left () fill_left (2) fill_right (NaN) b", "max_of(1, end())",
        ] {
            #expect(try Expression.parse(text, options: .experimental).description == text)
        }
    }

    @Test("duration arithmetic can be disabled")
    func durationArithmetic() {
        var options = ParserOptions()
        options.allowsDurationExpressions = false
        for text in ["a[1m + 1m]", "a[(1m)]", "a offset step()"] {
            let error = #expect(throws: ParseError.self) {
                try Expression.parse(text, options: options)
            }
            #expect(error?.message == "experimental duration expression is not enabled")
        }
    }

    @Test("signs bind like multiplication")
    func signs() throws {
        let values = [("-2^2", -4.0), ("2^-1*4", 2), ("2/-2^---1*3+2", -10), ("2^3^2", 512)]
        for (text, expected) in values {
            let value = try Engine().instant(
                Expression.parse(text),
                at: .seconds(0),
                in: try store("")
            )
            #expect(value == .scalar(expected, at: .seconds(0)))
        }
    }

    @Test("functions check their argument types")
    func signatures() {
        for function in Function.allCases {
            let signature = function.signature
            #expect(signature.minimumCount >= 0)
            #expect(signature.result != .rangeVector)
            #expect(signature.maximumCount.map { $0 >= signature.minimumCount } ?? true)
        }
        #expect(Function.allCases.count(where: { !$0.isExperimental }) == 74)
    }

    @Test(
        "a bad number is shown up to the wrong character",
        arguments: [
            ("100..4", "100.."), ("1.2.3", "1.2."), ("1__0", "1__"), ("1e.5", "1e."),
            ("0x1.5", "0x1."),
            ("0deadbeef", "0de"), ("1ee", "1ee"),
        ]
    )
    func badNumbers(text: String, shown: String) {
        let error = #expect(throws: ParseError.self) { try Expression.parse(text) }
        #expect(error?.message == "bad number or duration syntax: \"\(shown)\"")
    }

    @Test("invalid UTF-8 is refused")
    func invalidUTF8() {
        for bytes in [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xef, 0xbf, 0xbd]] as [[UInt8]] {
            let text = String(
                decoding: Array("a{b=\"".utf8) + bytes + Array("\"}".utf8),
                as: UTF8.self
            )
            let error = #expect(throws: ParseError.self) { try Expression.parse(text) }
            #expect(error?.description == "1:5: parse error: invalid UTF-8 rune")
        }
    }

    // MARK: Bounds

    @Test(
        "depth is bounded",
        arguments: [
            String(repeating: "(", count: 5000) + "a" + String(repeating: ")", count: 5000),
            String(repeating: "-", count: 5000) + "a",
            String(repeating: "a^", count: 5000) + "a",
            "a" + String(repeating: "[1m:]", count: 5000),
            "a[" + String(repeating: "(", count: 5000) + "1m" + String(repeating: ")", count: 5000)
                + "]",
            "a[1m" + String(repeating: "+1m", count: 5000) + "]",
            String(repeating: "abs(", count: 5000) + "a" + String(repeating: ")", count: 5000),
        ]
    )
    func depth(text: String) {
        let error = #expect(throws: ParseError.self) { try Expression.parse(text) }
        #expect(error?.message.hasPrefix("expression is nested too deeply") == true)
    }

    @Test("length is bounded")
    func length() {
        let error = #expect(throws: ParseError.self) {
            try Expression.parse(String(repeating: " ", count: 1 << 18) + "a")
        }
        #expect(error?.message == "expression is longer than 262144 bytes")
    }

    @Test(
        "a megabyte of anything is an error",
        arguments: [
            "(", "-", "+", "a+", "1^", "abs(", "sum(", "sum by (a) (", "a[1m:][", "{", "[", "a or ",
            "a{b=\"", "a[-", "a[(", "\"", "a offset ", "a @ ", "1h", "1_", "#", "\u{FFFD}",
        ]
    )
    func megabyte(piece: String) {
        for length in [1 << 18, 1 << 20] {
            let text = String(repeating: piece, count: length / piece.utf8.count)
            #expect(throws: ParseError.self) { try Expression.parse(text) }
        }
    }

    @Test("damaged text is parsed or refused", arguments: 0..<300)
    func damaged(seed: Int) {
        var generator = ExpressionGenerator(seed: seed)
        var bytes = Array(generator.vector(3).utf8)
        for _ in 0..<3 {
            let place = Int.random(in: 0..<bytes.count, using: &generator.random)
            bytes[place] = UInt8.random(in: 0...127, using: &generator.random)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        guard let expression = try? Expression.parse(text, options: .experimental) else { return }
        #expect(
            (try? Expression.parse(expression.description, options: .experimental)) == expression
        )
    }

    // MARK: Series

    @Test("series and selectors are parsed on their own")
    func series() throws {
        #expect(try Expression.parseSeries(#"up{job="a"}"#) == ["__name__": "up", "job": "a"])
        #expect(
            try Expression.parseSeries(#"{"u.p", "a b"="c"}"#) == ["__name__": "u.p", "a b": "c"]
        )
        #expect(try Expression.parseSeries("{}") == [:])
        #expect(throws: ParseError.self) { try Expression.parseSeries("up{a!='b'}") }
        #expect(try Expression.parseSelector("up{a!='b'}").matchers.count == 2)
        #expect(throws: ParseError.self) { try Expression.parseSelector("up + 1") }
    }
}
