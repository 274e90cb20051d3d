// swift-tools-version: 6.3;(experimentalCGen)
// experimentalCGen lets the CompileBPF plugin hand its C file to the compiler.

import PackageDescription

/// For the bridges: the modules that touch pointers and C handles.
let bridge: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// For everything else: no pointer anywhere.
let safe = bridge + [.strictMemorySafety()]

// Nothing here is a library for others: what a module offers it offers to this package (`package`, not `public`).
let package = Package(
    name: "wallwatch",
    products: [.executable(name: "wallwatch", targets: ["wallwatch"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // The kernel half, and the plugin that compiles it.
        .target(name: "CProbes", path: "bpf", sources: ["abi.c"], plugins: ["CompileBPF"]),
        .plugin(name: "CompileBPF", capability: .buildTool, path: "Sources/CompileBPF"),

        // Bridges: libbpf, the kernel's own headers, sockets, threads, /proc.
        .systemLibrary(name: "CLibBPF", pkgConfig: "libbpf", providers: [.apt(["libbpf-dev"])]),
        .systemLibrary(name: "CLinux"),
        .target(name: "BPF", dependencies: ["CLibBPF"], swiftSettings: bridge),
        .target(name: "Probes", dependencies: ["BPF", "CLinux", "CProbes", "Records"], swiftSettings: bridge),
        .target(name: "NetlinkIO", dependencies: ["CLinux", "Netlink", "XTables"], swiftSettings: bridge),
        .target(name: "Listing", dependencies: ["CLinux"], swiftSettings: bridge),
        .target(
            name: "Threads", dependencies: [.product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: bridge),
        .target(
            name: "Host",
            dependencies: [
                "CLinux", "ConfigFiles", "Identity", "Records", "Threads",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: bridge),
        .target(
            name: "SystemBus",
            dependencies: ["Services", "Threads", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: bridge),
        .target(
            name: "Output", dependencies: ["Threads", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: bridge),

        // Values and pure state machines.
        .target(name: "RuleText", dependencies: ["Netlink", "XTables"], swiftSettings: safe),
        .target(name: "Patterns", swiftSettings: safe),
        .target(name: "ConfigFiles", dependencies: ["Patterns"], swiftSettings: safe),
        .target(name: "Records", swiftSettings: safe),
        .target(name: "Netlink", swiftSettings: safe),
        .target(name: "XTables", dependencies: ["Netlink"], swiftSettings: safe),
        .target(name: "Lineage", dependencies: ["Records"], swiftSettings: safe),
        .target(name: "Identity", dependencies: ["Lineage", "Patterns", "Records"], swiftSettings: safe),
        .target(name: "Services", dependencies: ["Identity", "Lineage", "Patterns", "Records"], swiftSettings: safe),
        .target(name: "Protection", dependencies: ["Netlink", "XTables"], swiftSettings: safe),
        .target(
            name: "Inventory", dependencies: ["Netlink", "Protection", "RuleText", "XTables"], swiftSettings: safe),
        .target(
            name: "SavedState", dependencies: ["ConfigFiles", "Inventory", "Netlink", "Protection", "XTables"],
            swiftSettings: safe),
        .target(
            name: "Detection",
            dependencies: ["ConfigFiles", "Identity", "Inventory", "Patterns", "Records", "RuleText"],
            swiftSettings: safe),
        .target(name: "Recording", dependencies: ["Detection", "JSON"], swiftSettings: safe),
        .target(name: "Sentences", dependencies: ["JSON"], swiftSettings: safe),
        .target(
            name: "Report",
            dependencies: ["JSON", "Sentences", .product(name: "Crypto", package: "swift-crypto")],
            // The page's parts are bytes of the program: there is one file to install.
            resources: [
                "text.js", "data.js", "chart.js", "details.js", "tables.js", "page.js", "page.css", "page.html",
            ]
            .map { .embedInCode("Page/\($0)") },
            swiftSettings: safe),
        .target(name: "Attribution", dependencies: ["Inventory", "Netlink", "Records"], swiftSettings: safe),
        .target(name: "JSON", swiftSettings: safe),
        .target(
            name: "Baseline", dependencies: ["Inventory", "Netlink", "Protection", "RuleText", "XTables"],
            swiftSettings: safe),
        .target(
            name: "Events",
            dependencies: [
                "Attribution", "ConfigFiles", "Detection", "Identity", "Inventory", "JSON", "Lineage", "Protection",
                "Records", "RuleText", "Services",
            ],
            swiftSettings: safe),
        .target(
            name: "Configuration",
            dependencies: [
                "Detection", "Identity", "JSON", "Patterns",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "TOMLKit", package: "TOMLKit"),
            ],
            swiftSettings: safe),

        // The loop that ties them, and the command line.
        .target(
            name: "Collector",
            dependencies: [
                "Attribution", "Baseline", "CLinux", "ConfigFiles", "Configuration", "Detection", "Events", "Host",
                "Identity",
                "Inventory", "JSON", "Lineage", "Listing", "Netlink", "NetlinkIO", "Output", "Patterns", "Probes",
                "Protection", "Recording", "Records", "RuleText", "SavedState", "Services", "SystemBus", "XTables",
            ],
            swiftSettings: bridge),
        .executableTarget(
            name: "wallwatch",
            dependencies: [
                "Baseline", "Collector", "Configuration", "Detection", "Events", "Host", "Inventory", "JSON", "Listing",
                "Probes", "Recording", "Records", "Report", "Sentences",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: safe),

        // What the oracle (Tests/Oracle) asks for the model's opinion. No product: it is not shipped.
        .executableTarget(
            name: "ruleset-model",
            dependencies: ["Collector", "Inventory", "JSON", "Netlink", "NetlinkIO", "Protection", "XTables"],
            path: "Tests/Oracle/model", swiftSettings: bridge),
        // What records and the model of effective rules cost: scripts/bench. Not shipped either.
        .executableTarget(
            name: "engine-bench",
            dependencies: [
                "CHeap", "CProbes", "Events", "Inventory", "JSON", "Lineage", "Netlink", "NetlinkIO", "Probes",
                "Protection",
                "Records",
            ],
            path: "Tests/Bench/engine", swiftSettings: bridge,
            // Unoptimized, to round is a call of libm.
            linkerSettings: [.linkedLibrary("m")]),
        .target(name: "CHeap", path: "Tests/Bench/heap"),

        // What several of these share.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: safe),
        // Tests of one module each; Tests/Live is a suite of its own, in Python, against the built program.
        .testTarget(name: "NetlinkTests", dependencies: ["TestSupport", "Netlink"], swiftSettings: bridge),
        .testTarget(name: "XTablesTests", dependencies: ["TestSupport", "Netlink", "XTables"], swiftSettings: bridge),
        .testTarget(
            name: "NetlinkIOTests", dependencies: ["CLinux", "Netlink", "NetlinkIO", "XTables"], swiftSettings: bridge),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: [
                "TestSupport",
                "Configuration", "Detection", "Identity", "Patterns",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: bridge),
        .testTarget(name: "RuleTextTests", dependencies: ["Netlink", "RuleText", "XTables"], swiftSettings: bridge),
        .testTarget(name: "ConfigFilesTests", dependencies: ["TestSupport", "ConfigFiles"], swiftSettings: bridge),
        .testTarget(name: "BaselineTests", dependencies: ["TestSupport", "Baseline"], swiftSettings: bridge),
        .testTarget(name: "PatternsTests", dependencies: ["Patterns"], swiftSettings: bridge),
        .testTarget(name: "JSONTests", dependencies: ["TestSupport", "JSON"], swiftSettings: bridge),
        .testTarget(
            name: "OutputTests",
            dependencies: ["TestSupport", "Output", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: bridge),
        .testTarget(
            name: "ProtectionTests", dependencies: ["TestSupport", "Netlink", "Protection", "XTables"],
            swiftSettings: bridge),
        .testTarget(
            name: "InventoryTests", dependencies: ["TestSupport", "Inventory", "Netlink", "Protection", "XTables"],
            swiftSettings: bridge),
        .testTarget(
            name: "AttributionTests", dependencies: ["Attribution", "Netlink", "Records"], swiftSettings: bridge),
        .testTarget(
            name: "SavedStateTests", dependencies: ["Inventory", "Netlink", "Protection", "SavedState", "XTables"],
            swiftSettings: bridge),
        .testTarget(
            name: "ServicesTests", dependencies: ["Identity", "Lineage", "Records", "Services"], swiftSettings: safe),
        .testTarget(name: "IdentityTests", dependencies: ["Identity", "Lineage", "Records"], swiftSettings: safe),
        .testTarget(
            name: "DetectionTests",
            dependencies: [
                "TestSupport",
                "ConfigFiles", "Configuration", "Detection", "Identity", "Inventory", "Patterns", "Records",
                "RuleText",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: bridge),
        .testTarget(name: "SentencesTests", dependencies: ["Sentences"], swiftSettings: bridge),
        .testTarget(
            name: "ReportTests",
            dependencies: ["JSON", "Report", .product(name: "Crypto", package: "swift-crypto")], swiftSettings: bridge),
        .testTarget(
            name: "RecordingTests",
            dependencies: ["TestSupport", "Detection", "Identity", "Inventory", "Recording", "Records"],
            swiftSettings: bridge),
        .testTarget(name: "LineageTests", dependencies: ["Lineage", "Records"], swiftSettings: bridge),
        .testTarget(name: "RecordsTests", dependencies: ["Records"], swiftSettings: bridge),
        .testTarget(
            name: "ProbesTests", dependencies: ["TestSupport", "BPF", "CProbes", "Probes", "Records"],
            swiftSettings: bridge),
        .testTarget(name: "BPFTests", dependencies: ["BPF"], swiftSettings: bridge),
        .testTarget(
            name: "EventsTests",
            dependencies: [
                "TestSupport", "ConfigFiles", "Detection", "Events", "Identity", "Inventory", "Lineage", "Netlink",
                "Protection", "Records", "Services", "XTables",
            ],
            swiftSettings: bridge),
        .testTarget(
            name: "HostTests", dependencies: ["Host", .product(name: "SystemPackage", package: "swift-system")],
            swiftSettings: bridge),
        .testTarget(
            name: "CollectorTests",
            dependencies: [
                "Collector", "Configuration", "Host", "Lineage", "Output", "Patterns", "Probes", "Records", "XTables",
                .product(name: "SystemPackage", package: "swift-system"),
            ],
            swiftSettings: bridge),
    ],
    cLanguageStandard: .c2x
)

// What reads bytes from outside, handed any bytes (docs/fuzzing.md): as a fuzzer when scripts/fuzz asks for one, and else as
// a test that replays what is kept in Fuzz/Seeds and Fuzz/FailCases.
let fuzzed: [Target.Dependency] = [
    "CProbes", "ConfigFiles", "Configuration", "Detection", "Identity", "Inventory", "JSON", "Netlink", "Output",
    "Probes", "Protection", "Recording", "Records", "RuleText", "SavedState", "XTables",
    .product(name: "SystemPackage", package: "swift-system"),
]
package.targets.append(
    Context.environment["WALLWATCH_FUZZ"] == nil
        ? .testTarget(
            name: "FuzzTests", dependencies: fuzzed, path: "Fuzz",
            exclude: ["FailCases", "Seeds", "Fuzzer.swift", "SeedWriter.swift"], swiftSettings: bridge)
        : .executableTarget(
            name: "wallwatch-fuzz", dependencies: fuzzed, path: "Fuzz",
            exclude: ["FailCases", "Seeds", "ReplayTests.swift"], swiftSettings: bridge))
