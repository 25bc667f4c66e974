@testable import Diagnosis
import TestSupport
import Testing

/// Compared with a dictionary under the same random operations.
struct KeyedArrayTests {
    @Test(arguments: 0..<50)
    func doesWhatADictionaryDoes(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var array = KeyedArray<Int, String>()
        var dictionary: [Int: String] = [:]
        for round in 0..<200 {
            let key = Int.random(in: 0..<20, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                array.set(key, to: "\(round)")
                dictionary[key] = "\(round)"
            case 2:
                if let place = array.place(of: key) {
                    array.change(at: place) { $0 += "+" }
                }
                dictionary[key]? += "+"
            default:
                let kept = Int.random(in: 0..<20, using: &random)
                array.keep { $0 <= kept || $0 % 2 == 0 }
                dictionary = dictionary.filter { $0.key <= kept || $0.key % 2 == 0 }
            }
            #expect(Dictionary(uniqueKeysWithValues: zip(array.keys, array.values)) == dictionary)
            #expect(array[key] == dictionary[key])
            #expect((array.place(of: key) == nil) == (dictionary[key] == nil))
        }
        array.changeEach { $0 = "" }
        #expect(array.values == Array(repeating: "", count: dictionary.count))
    }

    @Test func keepsTheOrderInWhichKeysWereAdded() {
        var array = KeyedArray<String, Int>()
        for (value, key) in ["c", "a", "d", "b"].enumerated() { array.set(key, to: value) }
        array.set("a", to: 9)
        array.keep { $0 != "d" }
        #expect(array.keys == ["c", "a", "b"])
        #expect(array.values == [0, 9, 3])
        #expect(array.place(of: "b") == 2)
        #expect(array.place(of: "d") == nil)
    }

    @Test func aCopyDoesNotChange() {
        var array = KeyedArray<String, Int>()
        let place = array.set("a", to: 1)
        let copy = array
        array.change(at: place) { $0 = 2 }
        array.set("b", to: 3)
        #expect(copy.values == [1] && copy.keys == ["a"] && copy["b"] == nil)
    }
}
