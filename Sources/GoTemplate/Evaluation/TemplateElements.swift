/// What `range` iterates over: pairs of a key and an element, made one at a time.
struct TemplateElements: Sequence, IteratorProtocol {
    private enum Source {
        /// The numbers below a count.
        case numbers(below: Int64)
        case list([TemplateValue])
        case pairs([(TemplateValue, TemplateValue)])
    }

    private let source: Source
    private var position = 0

    /// nil for a value that has no elements, not even none.
    init?(_ value: TemplateValue) {
        switch value {
        case .nothing: source = .list([])
        case .integer(let count): source = .numbers(below: count)
        case .list(let values): source = .list(values)
        case .labels(let map):
            source = .pairs(
                map.sorted { $0.key < $1.key }.map { (.string($0.key), .string($0.value)) }
            )
        case .map(let map):
            source = .pairs(map.sorted { $0.key < $1.key }.map { (.string($0.key), $0.value) })
        case .unknown(nil), .unknown("int"): source = .pairs([(.unknown(nil), .unknown(nil))])
        case .unknown(TemplateParameter.samples.rawValue):
            source = .pairs([(.unknown("int"), .unknown(TemplateParameter.sample.rawValue))])
        case .unknown("map[string]string"):
            source = .pairs([(.unknown("string"), .unknown("string"))])
        case .unknown("map[string]interface {}"):
            source = .pairs([(.unknown("string"), .unknown(nil))])
        default: return nil
        }
    }

    var isEmpty: Bool {
        switch source {
        case .numbers(let count): count <= 0
        case .list(let values): values.isEmpty
        case .pairs(let pairs): pairs.isEmpty
        }
    }

    mutating func next() -> (TemplateValue, TemplateValue)? {
        defer { position += 1 }
        switch source {
        case .numbers(let count):
            let number = Int64(position)
            return number < count ? (.integer(number), .integer(number)) : nil
        case .list(let values):
            return position < values.count ? (.integer(Int64(position)), values[position]) : nil
        case .pairs(let pairs): return position < pairs.count ? pairs[position] : nil
        }
    }
}
