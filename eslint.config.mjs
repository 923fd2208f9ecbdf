import js from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", "dist", "drill-report", ".lab", "**/*.cjs", "**/*.mjs"] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Ports are asynchronous by contract; an implementation in memory has nothing to await.
      "@typescript-eslint/require-await": "off",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
      eqeqeq: "error",
    },
  },
  {
    // The deciding code is pure: no clock, no randomness, no environment (the import rules are in .dependency-cruiser.cjs).
    files: ["handlers/{core,trade}/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", "process", "fetch", "setTimeout", "setInterval", "performance"],
      "no-restricted-properties": [
        "error",
        { object: "Date", property: "now", message: "take the time as an argument or from the Clock port" },
        { object: "Math", property: "random", message: "take randomness as an argument" },
      ],
    },
  },
  {
    // chai's assertions are expressions: expect(x).to.be.true
    files: ["tests/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-expressions": "off" },
  },
);
