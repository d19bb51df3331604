import type { JsonObject } from './messages.ts';

export interface LanguageInfo {
  readonly name: string;
  readonly version: string;
  readonly mimetype: string;
  readonly fileExtension: string;
  readonly pygmentsLexer: string;
  readonly codemirrorMode: string;
  readonly nbconvertExporter: string;
}

/** What the kernel says about itself in `kernel_info_reply`. */
export interface KernelInfo {
  readonly implementation: string;
  readonly implementationVersion: string;
  readonly language: LanguageInfo;
  readonly banner: string;
  readonly helpLinks: readonly { readonly text: string; readonly url: string }[];
}

export function kernelInfoContent(info: KernelInfo, protocolVersion: string): JsonObject {
  const { language } = info;
  return {
    status: 'ok',
    protocol_version: protocolVersion,
    implementation: info.implementation,
    implementation_version: info.implementationVersion,
    language_info: {
      name: language.name,
      version: language.version,
      mimetype: language.mimetype,
      file_extension: language.fileExtension,
      pygments_lexer: language.pygmentsLexer,
      codemirror_mode: language.codemirrorMode,
      nbconvert_exporter: language.nbconvertExporter,
    },
    banner: info.banner,
    help_links: info.helpLinks.map(({ text, url }) => ({ text, url })),
    supported_features: ['kernel subshells'],
  };
}
