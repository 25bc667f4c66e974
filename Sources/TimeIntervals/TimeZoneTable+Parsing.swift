/// Why a file is not a usable time zone.
package struct ZoneFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

extension TimeZoneTable {
    /// Larger than any zone of the database; the largest has 4 kB.
    package static let maximumBytes = 64 << 10

    /// Reads a compiled zone of the IANA database (TZif, RFC 9636), version 2 or later.
    package init(name: String, file bytes: [UInt8]) throws(ZoneFileError) {
        var reader = ZoneFileReader(bytes)
        let first = try reader.header()
        guard first.version >= UInt8(ascii: "2") else {
            throw ZoneFileError("has version 1, which ends in 2038; install a current tzdata")
        }
        // The first block repeats the data in 32 bits for readers of version 1.
        try reader.skip(first.byteCount(timeBytes: 4))
        let header = try reader.header()
        guard header.leapCount == 0 else {
            throw ZoneFileError("counts leap seconds; use the zone without \"right/\"")
        }
        guard header.typeCount > 0, header.timeCount <= 10_000 else {
            throw ZoneFileError("is not a valid zone")
        }
        var times: [Int64] = []
        for _ in 0..<header.timeCount { times.append(try reader.integer(bytes: 8)) }
        guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw ZoneFileError("is not a valid zone: its changes are not in order")
        }
        let indices = try reader.take(header.timeCount).map(Int.init)
        var offsets: [Int] = []
        for _ in 0..<header.typeCount {
            offsets.append(Int(try reader.integer(bytes: 4)))
            try reader.skip(2)
        }
        guard indices.allSatisfy({ $0 < offsets.count }),
            offsets.allSatisfy({ abs($0) < 26 * 3600 })
        else { throw ZoneFileError("is not a valid zone") }
        try reader.skip(header.nameBytes + header.standardCount + header.universalCount)
        let footer = try reader.footer()
        let rule = ZoneRule(footer)
        guard footer.isEmpty || rule != nil else {
            throw ZoneFileError("its rule \"\(footer.prefix(100))\" cannot be read")
        }
        let changes = zip(times, indices).map { Change(at: $0, offset: offsets[$1]) }
        self.init(name: name, changes: changes, firstOffset: offsets[0], rule: rule)
    }
}

/// Reads the blocks of a TZif file.
private struct ZoneFileReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    struct Header {
        let version: UInt8
        let universalCount, standardCount, leapCount, timeCount, typeCount, nameBytes: Int

        func byteCount(timeBytes: Int) -> Int {
            timeCount * (timeBytes + 1) + typeCount * 6 + nameBytes
                + leapCount * (timeBytes + 4) + standardCount + universalCount
        }
    }

    mutating func take(_ count: Int) throws(ZoneFileError) -> [UInt8] {
        guard count >= 0, count <= rest.count else { throw ZoneFileError("is cut off") }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func skip(_ count: Int) throws(ZoneFileError) { _ = try take(count) }

    /// Big-endian, signed.
    mutating func integer(bytes count: Int) throws(ZoneFileError) -> Int64 {
        let bits = try take(count).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let unused = 64 - count * 8
        return Int64(bitPattern: bits << UInt64(unused)) >> Int64(unused)
    }

    mutating func header() throws(ZoneFileError) -> Header {
        guard try take(4) == Array("TZif".utf8) else {
            throw ZoneFileError("is not a time zone file")
        }
        let version = try take(16)[0]
        var counts: [Int] = []
        for _ in 0..<6 {
            let count = Int(try integer(bytes: 4))
            guard (0...TimeZoneTable.maximumBytes).contains(count) else {
                throw ZoneFileError("is not a valid zone")
            }
            counts.append(count)
        }
        return Header(
            version: version,
            universalCount: counts[0],
            standardCount: counts[1],
            leapCount: counts[2],
            timeCount: counts[3],
            typeCount: counts[4],
            nameBytes: counts[5]
        )
    }

    /// The text between the two line feeds at the end.
    mutating func footer() throws(ZoneFileError) -> String {
        guard try take(1) == [0x0A], let end = rest.firstIndex(of: 0x0A) else {
            throw ZoneFileError("is cut off")
        }
        return String(decoding: rest[..<end], as: UTF8.self)
    }
}
