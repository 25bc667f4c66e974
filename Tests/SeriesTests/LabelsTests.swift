import Series
import TestSupport
import Testing

struct LabelsTests {
    @Test("labels are sorted by name, whatever the order given")
    func sorting() {
        let labels = Labels([("z", "1"), ("__name__", "up"), ("a", "2")])
        #expect(labels.map(\.name) == ["__name__", "a", "z"])
        #expect(labels == ["a": "2", "z": "1", "__name__": "up"])
    }

    @Test("the last of several values counts")
    func repeatedName() {
        #expect(Labels([("a", "1"), ("b", "x"), ("a", "2")]) == ["a": "2", "b": "x"])
        #expect(Labels([("a", "1"), ("a", "")]).isEmpty)
    }

    @Test("an empty label is a missing label")
    func emptyValue() {
        #expect(Labels([("a", ""), ("b", "x")]) == ["b": "x"])
        #expect(Labels(["a": "1"])["b"] == "")
        #expect(Labels(["a": "1"]).setting("a", to: "") == [:])
    }

    @Test("setting replaces, inserts and appends")
    func setting() {
        let labels: Labels = ["b": "1", "d": "2"]
        #expect(labels.setting("b", to: "9") == ["b": "9", "d": "2"])
        #expect(labels.setting("a", to: "9") == ["a": "9", "b": "1", "d": "2"])
        #expect(labels.setting("c", to: "9") == ["b": "1", "c": "9", "d": "2"])
        #expect(labels.setting("e", to: "9") == ["b": "1", "d": "2", "e": "9"])
        #expect(labels == ["b": "1", "d": "2"])
    }

    @Test("removing a missing label changes nothing")
    func removing() {
        let labels: Labels = ["__name__": "up", "job": "api"]
        #expect(labels.removing("instance") == labels)
        #expect(labels.removingMetricName() == ["job": "api"])
    }

    @Test("merging prefers the other set")
    func merging() {
        let labels: Labels = ["a": "1", "b": "1"]
        #expect(labels.merging(["b": "2", "c": "2"]) == ["a": "1", "b": "2", "c": "2"])
    }

    @Test("text is compared by its bytes")
    func bytes() {
        let composed: Labels = ["name": "caf\u{e9}"]
        let decomposed: Labels = ["name": "cafe\u{301}"]
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect((composed < decomposed) != (decomposed < composed))
        #expect(Labels([("\u{e9}", "1"), ("e\u{301}", "2")]).count == 2)
    }

    @Test("equal sets have equal hashes, however they were made")
    func hashing() {
        let direct: Labels = ["a": "1", "b": "2"]
        let derived = (["b": "2", "c": "3"] as Labels).removing("c").setting("a", to: "1")
        #expect(direct == derived)
        #expect(direct.hashValue == derived.hashValue)
    }

    @Test(
        "the order is that of the first difference",
        arguments: [
            ([:], ["a": "1"]), (["a": "1"], ["a": "2"]), (["a": "1"], ["a": "1", "b": "1"]),
            (["a": "2"], ["b": "1"]), (["a": "10"], ["a": "9"]), (["a": "a"], ["a": "\u{e9}"]),
            (["a": "2", "b": "0"], ["a": "3"]),
        ] as [(Labels, Labels)]
    )
    func order(smaller: Labels, larger: Labels) {
        #expect(smaller < larger)
        #expect(!(larger < smaller))
    }

    @Test("the order agrees with that of the bytes")
    func byteOrder() {
        var generator = SeededRandom(seed: 3)
        let alphabet = ["a", "b", "\u{e9}", "\u{301}", "\u{1f600}", "z"]
        func text() -> String {
            (0...2).map { _ in alphabet.randomElement(using: &generator) ?? "" }.joined()
        }
        for _ in 0..<500 {
            let (left, right) = (text(), text())
            let (leftBytes, rightBytes) = (Array(left.utf8), Array(right.utf8))
            let labels: (Labels, Labels) = (["l": left], ["l": right])
            #expect((labels.0 == labels.1) == (leftBytes == rightBytes))
            #expect(
                (labels.0 < labels.1) == leftBytes.lexicographicallyPrecedes(rightBytes)
            )
        }
    }
}

struct LabelsDescriptionTests {
    @Test("labels are written as in PromQL")
    func text() {
        let labels: Labels = ["__name__": "up", "job": "api", "zone": "a\"b\\c\n"]
        #expect(labels.description == #"{__name__="up", job="api", zone="a\"b\\c\n"}"#)
        #expect(labels.seriesDescription == #"up{job="api", zone="a\"b\\c\n"}"#)
    }

    @Test("a name that is not an identifier stays inside the braces")
    func quotedName() {
        #expect((["__name__": "http.up"] as Labels).seriesDescription == #"{__name__="http.up"}"#)
        #expect((["l.x": "1"] as Labels).description == #"{"l.x"="1"}"#)
        #expect((["__name__": "a:b"] as Labels).seriesDescription == "a:b")
        #expect((["a:b": "1"] as Labels).description == #"{"a:b"="1"}"#)
    }

    @Test("an empty set is written as braces")
    func noLabels() {
        #expect(Labels().description == "{}")
        #expect(Labels().seriesDescription == "{}")
    }
}
