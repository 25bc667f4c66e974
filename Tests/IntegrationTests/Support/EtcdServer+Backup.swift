extension EtcdServer {
    /// Saves a snapshot of the only member.
    func backUp() async throws {
        try await etcdctl("snapshot", "save", path("backup.db"))
    }

    /// Replaces the killed member by one that was restored from the backup, at the same address. The
    /// caller ends the program.
    func startFromBackup() async throws -> Program {
        let member = members[0]
        func flag(_ name: String) throws -> String {
            guard let flag = member.arguments.first(where: { $0.hasPrefix("--\(name)=") }) else {
                throw Program.Failure(description: "etcd has no --\(name)")
            }
            return flag
        }
        try await etcdctl(
            "snapshot",
            "restore",
            path("backup.db"),
            "--data-dir=\(path("restored"))",
            try flag("name"),
            try flag("initial-cluster"),
            try flag("initial-advertise-peer-urls")
        )
        let arguments = member.arguments.map {
            $0.hasPrefix("--data-dir=") ? "--data-dir=restored" : $0
        }
        return try Program(try Program.debian("etcd"), arguments, in: scratch.folder)
    }
}
