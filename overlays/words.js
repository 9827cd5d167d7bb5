/** The Japanese words of the pages; the English ones stand in the HTML and as the keys below. */

const JAPANESE = {
  "VTuber bot": "VTuberボット",
  "Panel": "パネル",
  "Start page": "スタートページ",
  "Overlay": "オーバーレイ",
  "Connecting…": "接続中…",
  "Connected": "接続済み",
  "Paused": "一時停止中",
  "Connection lost, trying again…": "接続が切れました。再接続しています…",
  "Chat": "チャット",
  "Comments of viewers and what the character answers appear here.":
    "視聴者のコメントとキャラクターの返事がここに表示されます。",
  "{count} earlier ones are not here any more": "これより前の {count} 件は表示していません",
  "Newest ↓": "最新へ ↓",
  "What viewers see": "視聴者に見える画面",
  "Background of the preview": "プレビューの背景",
  "Switches": "操作",
  "Pause": "一時停止",
  "Go on": "再開",
  "Pause or go on": "一時停止と再開",
  "Skip": "スキップ",
  "Clear": "画面を消す",
  "Let all in": "すべて承認",
  "Let in all that waits for approval": "承認待ちのコメントをすべて通す",
  "Say…": "話させる…",
  "Have the character say a text": "文章をキャラクターに読ませる",
  "Topic…": "話題…",
  "Have the character talk about something": "話題をキャラクターに渡す",
  "Mute…": "ミュート…",
  "Hide a viewer's comments": "視聴者のコメントを隠す",
  "Cast…": "交代…",
  "Bring on another character": "別のキャラクターに交代する",
  "Delay…": "遅延…",
  "See each sentence some seconds before viewers do": "視聴者より数秒早く文を確かめる",
  "How long the model thinks": "考える長さ",
  "Think low": "考える：短く",
  "medium": "ふつう",
  "high": "長く",
  "Think briefly": "短く考える",
  "Think longer": "長めに考える",
  "Think very long": "とても長く考える",
  "Command": "コマンド",
  "say Hello!": "say こんにちは",
  "Do it": "実行",
  "How it is": "状態",
  "What moderators did": "モデレーターの操作",
  "Undo": "取り消す",
  "Tools": "道具",
  "Last used": "最近の使用",
  "May be used; click to forbid it": "使えます。クリックで禁止します",
  "Is forbidden; click to allow it": "禁止中です。クリックで許可します",
  "On a phone": "スマホで開く",
  "The panel on a phone": "スマートフォンでパネルを開く",
  "Point its camera here, within two minutes. It is good once.":
    "2分以内にスマートフォンのカメラを向けてください。1回だけ使えます。",
  "Only this machine reaches the panel. Put WEB_HOST=0.0.0.0 and a WEB_TOKEN of 16 characters or more into .env, and start the bot again.":
    "パネルはこのパソコンからしか開けません。.env に WEB_HOST=0.0.0.0 と16文字以上の WEB_TOKEN を書いて、ボットを起動し直してください。",
  "Keys (?)": "キー一覧 (?)",
  "Keys": "キー",
  "Close": "閉じる",
  "Thoughts: for your eyes only": "思考（配信者だけに表示）",
  "Who is next": "次に返事をする人",
  "Being answered": "返事中",
  "works": "正常",
  "is waiting": "待機中",
  "does not work": "異常",
  "last heard": "最後の応答",
  "Nobody waits.": "待っている人はいません。",
  "and {count} more": "ほか {count} 件",
  "Figures": "グラフ",
  "Comments and answers a minute": "1分間のコメントと返事",
  "Seconds to first words": "話し始めるまでの秒数",
  "Tokens a second": "1秒あたりのトークン",
  "Waiting, and the age of the oldest in seconds": "待ち件数と最も古いコメントの秒数",
  "Prompt reused, in percent": "再利用できたプロンプト（%）",
  "Shed and withheld a minute": "1分間の見送りと非表示",
  "The bot did not answer.": "ボットが応答しません。",
  "Bright": "明るい",
  "Dark": "暗い",
  "Checks": "市松模様",
  "Name": "名前",
  "Role": "役割",
  "Viewer": "視聴者",
  "Member": "メンバー",
  "Moderator": "モデレーター",
  "With": "添えるもの",
  "No tip": "なし",
  "New member": "新メンバー",
  "Member for 12 months": "メンバー歴12か月",
  "5 memberships given": "メンバーシップギフト5個",
  "Broadcaster": "配信者",
  "Write in the chat": "チャットに書き込む",
  "Comment": "コメント",
  "Say something to the character": "キャラクターに話しかけてみましょう",
  "Send": "送信",
  "Stop this reply and go on to the next": "この返事をやめて次へ進む",
  "Take everything off the screen": "画面の表示をすべて消す",
  "Only a moderator or the broadcaster can give commands.":
    "コマンドを使えるのはモデレーターと配信者だけです。",
  "This page is not signed in. Open the panel with the address that the bot printed in the terminal.":
    "このページはサインインしていません。ボットがターミナルに表示したアドレスでパネルを開いてください。",
  "The bot did not answer. Check that it is running, then send again.":
    "ボットが応答しません。起動していることを確認して、もう一度送信してください。",
  "The bot refused the comment.": "ボットがコメントを受け付けませんでした。",
  "taken off the screen": "画面から消しました",
  "Let in": "承認",
  "Let it through": "通す",
  "In a moment": "まもなく表示",
  "not shown to viewers": "視聴者には表示されません",
  "deleted by a moderator": "モデレーターが削除しました",
  "to": "返信先",
  "A character that reads your chat and answers your viewers, live.":
    "チャットを読んで、配信中に視聴者へ返事をするキャラクターです。",
  "Try the character": "キャラクターと話してみる",
  "Write as a viewer or as a moderator, and watch the answer as it will look on stream.":
    "視聴者やモデレーターとして書き込み、返事が配信でどう見えるかを確かめられます。",
  "Open the panel": "パネルを開く",
  "Show it in OBS": "OBSに表示する",
  "In OBS, under Sources, choose + and then Browser.":
    "OBSの「ソース」で「+」を押し、「ブラウザ」を選びます。",
  "Enter this address as the URL:": "URLに次のアドレスを入力します。",
  "Copy": "コピー",
  "Copied": "コピーしました",
  "Width 1920, height 1080; for a 720p stream, 1280 and 720.":
    "幅1920、高さ1080。720pの配信では1280と720にします。",
  "Start the bot before OBS. If the overlay stays empty, select the source and press Refresh.":
    "OBSより先にボットを起動してください。何も表示されないときは、ソースを選んで「再読み込み」を押します。",
  "Choose how it looks": "見た目を選ぶ",
  "Place, size, colours: for a wide frame and an upright one.":
    "位置、大きさ、色。横長の画面にも縦長の画面にも。",
  "How the overlay looks": "オーバーレイの見た目",
  "Theme": "テーマ",
  "Language": "言語",
  "As the character speaks": "キャラクターと同じ",
  "Mood": "気分",
  "None": "なし",
  "Place": "位置",
  "Size": "大きさ",
  "Width": "幅",
  "Font": "フォント",
  "A font of the machine that OBS runs on": "OBSのパソコンにあるフォント",
  "Colour": "色",
  "Paper": "紙の色",
  "Words": "文字の色",
  "Opacity": "不透明度",
  "Face": "顔",
  "On the left": "左",
  "On the right": "右",
  "Volume of the voice": "声の大きさ",
  "Volume of the sound": "効果音の大きさ",
  "Click to hear the character": "クリックすると声が聞こえます",
  "Whose voice it is": "声のクレジット",
  "Name whoever lent it, in the description of your stream:": "配信の概要欄に、声の提供元を書いてください：",
  "Voice": "声",
  "Hear the character on this page": "このページで声を聞く",
  "Show the comments that are answered": "返事をするコメントを表示する",
  "Show that the character is thinking": "考え中であることを表示する",
  "As it was": "元に戻す",
  "A picture of yours": "自分の画像",
  "Upright, for phones": "縦長(スマートフォン)",
  "While thinking": "考えているとき",
  "top-left": "左上",
  "top": "上",
  "top-right": "右上",
  "left": "左",
  "center": "中央",
  "right": "右",
  "bottom-left": "左下",
  "bottom": "下",
  "bottom-right": "右下",
  "Set up": "設定",
  "Settings": "設定",
  "A handful of questions; what was found on this machine is filled in.":
    "いくつかの質問に答えてください。このパソコンで見つかったものは入力済みです。",
  "Save and check": "保存して確認する",
  "Saved.": "保存しました。",
  "Saved. It holds from the next start of the bot on.":
    "保存しました。次にボットを起動したときから有効です。",
  "Check-up": "確認",
  "ok": "○",
  "hm": "△",
  "no": "×",
  "Looking at each part …": "一つずつ調べています…",
  "Not ready yet: {count} to be mended.": "まだ準備できていません。直すところが {count} 個あります。",
  "Nothing is to be mended.": "直すところはありません。",
  "Ready to go live.": "配信を始められます。",
  "Sign in at Twitch": "Twitchにサインインする",
  "Asking Twitch …": "Twitchに問い合わせています…",
  "Open this page, and agree there:": "このページを開いて、許可してください：",
  "Continue": "次へ",
  "The bot goes on in its window. You can close this page.":
    "続きはボットのウィンドウで行われます。このページは閉じてかまいません。",
  "This page is not signed in. Open it with the address that the bot printed in the terminal.":
    "このページはログインしていません。ターミナルに表示されたアドレスで開いてください。",
  "Look at the overlay": "オーバーレイを見る",
  "It is transparent, and empty until the character speaks.":
    "背景は透明で、キャラクターが話すまで何も表示されません。",
};

/** The language of the page's own words, `ja` or `en`: that of the bot, which serves the page. */
export const LANGUAGE = document.documentElement.lang;

/**
 * A phrase in the language of the page.
 *
 * @param {string} english
 * @returns {string}
 */
export function say(english) {
  return (LANGUAGE === "ja" && JAPANESE[english]) || english;
}

/** Put the whole page into its language: marked texts, labels, titles and placeholders. */
export function translatePage() {
  document.title = document.title.split(" · ").map(say).join(" · ");
  for (const node of document.querySelectorAll("[data-say]")) {
    node.textContent = say(node.textContent.trim().replace(/\s+/g, " "));
  }
  for (const name of ["aria-label", "placeholder", "title"]) {
    for (const node of document.querySelectorAll(`[${name}]`)) {
      node.setAttribute(name, say(node.getAttribute(name)));
    }
  }
}
