import Files
import Glibc
import TimeIntervals

/// Why a time zone cannot be used, with a remedy.
struct ZoneFileProblem: Error {
    let message: String
}

/// The time zone database of the system. UTC is known without it.
struct ZoneFiles {
    var folder = "/usr/share/zoneinfo"
    /// The zone of this host.
    var local = "/etc/localtime"
    /// The environment variable `TZ`; nil if it is not set.
    var variable: String?

    static var system: ZoneFiles {
        let variable = unsafe getenv("TZ").map { unsafe String(cString: $0) }
        return ZoneFiles(variable: variable)
    }

    /// As in Alertmanager: a name of the IANA database, `UTC`, or `Local` for that of `TZ`, or of
    /// this host if `TZ` is not set.
    func zone(_ name: String) throws(ZoneFileProblem) -> TimeZoneTable {
        switch name {
        case "", "UTC": return .utc
        case "Local": return try localZone()
        default: break
        }
        let isName = name.utf8.allSatisfy { byte in
            "+-_/".utf8.contains(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        }
        guard isName, !name.hasPrefix("/"), !name.hasSuffix("/"), name.utf8.count <= 64 else {
            throw ZoneFileProblem(
                message: "expected a time zone of the IANA database, such as Europe/Berlin"
            )
        }
        return try read("\(folder)/\(name)", as: name)
    }

    /// As in Go and the C library: `TZ` may have a colon first, and is UTC if it is empty.
    private func localZone() throws(ZoneFileProblem) -> TimeZoneTable {
        if let variable {
            let name = variable.hasPrefix(":") ? String(variable.dropFirst()) : variable
            do throws(ZoneFileProblem) {
                if name.hasPrefix("/") { return try read(name, as: "Local") }
                return name == "Local" ? try read("\(folder)/Local", as: name) : try zone(name)
            } catch {
                throw ZoneFileProblem(message: "Local is \"\(variable)\" by TZ: \(error.message)")
            }
        }
        guard unsafe access(local, F_OK) == 0 else {
            throw ZoneFileProblem(
                message: "this host has no \(local) and TZ is not set, so Local is not known; write"
                    + " a zone such as Europe/Berlin, or UTC"
            )
        }
        return try read(local, as: "Local")
    }

    private func read(_ path: String, as name: String) throws(ZoneFileProblem) -> TimeZoneTable {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try TextFile.bytes(path, limit: TimeZoneTable.maximumBytes)
        } catch {
            let isInstalled = unsafe access("\(folder)/Etc/UTC", F_OK) == 0
            let remedy =
                isInstalled
                ? "the time zone database of this host has no such zone"
                : "this host has no time zone database; install the package tzdata"
            throw ZoneFileProblem(message: "time zone \"\(name)\": \(remedy) (\(error))")
        }
        do throws(ZoneFileError) {
            return try TimeZoneTable(name: name, file: bytes)
        } catch {
            throw ZoneFileProblem(message: "time zone \"\(name)\": \(path) \(error)")
        }
    }
}
