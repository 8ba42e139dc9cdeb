package report

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// What Slack takes of a message by an incoming webhook.
const (
	maxBlocks      = 50
	maxBlockText   = 3000
	maxHeaderText  = 150
	maxSlackFields = 6 // items or figures of one section; the dashboards have all
)

// block is a block of Slack's Block Kit.
type block struct {
	Type     string      `json:"type"`
	Text     *slackText  `json:"text,omitempty"`
	Elements []slackText `json:"elements,omitempty"`
}

type slackText struct {
	Type     string `json:"type"`
	Text     string `json:"text"`
	Verbatim bool   `json:"verbatim,omitempty"` // Slack makes no links of what looks like some
}

// marked is a text with Slack's markup.
func marked(text string) slackText { return slackText{Type: "mrkdwn", Text: text, Verbatim: true} }

// slackMessage is what a webhook is sent.
type slackMessage struct {
	Text   string  `json:"text"` // of notifications
	Blocks []block `json:"blocks"`
	Parse  string  `json:"parse"` // likewise, of text
	Unfurl bool    `json:"unfurl_links"`
}

// Slack lays a report out as a message for an incoming webhook.
func (r *Report) Slack() ([]byte, error) {
	l := newLetter(r, false).atMost(maxSlackFields)
	m := slackMessage{Text: mrkdwn(clip(l.Subject, 300)), Parse: "none"}
	m.Blocks = append(m.Blocks, block{Type: "header", Text: &slackText{Type: "plain_text", Text: clip(l.Heading, maxHeaderText)}},
		block{Type: "context", Elements: []slackText{marked(mrkdwn(l.Under))}},
		section1("*"+mrkdwn(l.Gist)+"*"))
	for _, s := range l.Sections {
		m.Blocks = append(m.Blocks, block{Type: "divider"})
		m.Blocks = append(m.Blocks, s.slack()...)
	}
	foot := mrkdwn(strings.Join(l.Foot, " "))
	if l.Home != "" {
		foot += " " + slackLink(l.Home, "Open the dashboards")
	}
	end := block{Type: "context", Elements: []slackText{marked(foot)}}
	m.Blocks = append(m.Blocks[:min(len(m.Blocks), maxBlocks-1)], end)
	return json.Marshal(m)
}

// slack lays a section out, in as few blocks as its length allows. Lines are never cut in two: half an escape would be
// markup.
func (s section) slack() (list []block) {
	lines := []string{"*" + mrkdwn(s.Title) + "*"}
	for _, f := range s.Figures {
		lines = append(lines, "• "+slackLink(f.Href, f.Title)+": *"+mrkdwn(f.Value)+"*"+mrkdwn(f.Aside()))
		for _, beside := range f.Beside {
			if beside != "" {
				lines = append(lines, "      "+mrkdwn(beside))
			}
		}
	}
	for i, it := range s.Items {
		mark := "• "
		if s.Numbers {
			mark = strconv.Itoa(i+1) + ". "
		}
		lines = append(lines, mark+slackLink(it.Href, it.Text)+mrkdwn(it.After))
		for _, below := range it.Lines {
			lines = append(lines, "      "+slackLink(below.Href, below.Text)+mrkdwn(below.After))
		}
	}
	if len(s.Figures)+len(s.Items) == 0 && s.Empty != "" {
		lines = append(lines, mrkdwn(s.Empty))
	}
	for _, note := range s.Notes {
		lines = append(lines, mrkdwn(note))
	}
	text := ""
	for _, line := range lines {
		if len(line) > maxBlockText {
			continue // nothing but an address can be so long
		}
		if len(text)+1+len(line) > maxBlockText {
			list, text = append(list, section1(text)), ""
		}
		text = strings.TrimPrefix(text+"\n"+line, "\n")
	}
	return append(list, section1(text))
}

func section1(text string) block {
	m := marked(text)
	return block{Type: "section", Text: &m}
}

// slackLink is a link, or plain text where there is no address.
func slackLink(href, text string) string {
	if href == "" || len(href) > 1000 {
		return mrkdwn(text)
	}
	return "<" + strings.NewReplacer("|", "%7C", "<", "%3C", ">", "%3E", " ", "%20").Replace(href) + "|" + mrkdwn(text) + ">"
}

// mrkdwn escapes what Slack would take for markup, a mention or a link. The marks of its format have no escape: a word
// joiner beside each keeps it from being one.
func mrkdwn(s string) string {
	const joiner = "\u2060"
	s = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\n", " ", "\r", " ",
		"*", joiner+"*"+joiner, "_", joiner+"_"+joiner, "~", joiner+"~"+joiner, "`", joiner+"`"+joiner).Replace(s)
	return s
}

// slack posts a report to a webhook. The address of the webhook is a secret, and in no error, whoever says it.
func (p *Post) slack(ctx context.Context, to Recipient, r *Report, begin func() error) error {
	message, err := r.Slack()
	if err != nil {
		return permanent(err)
	}
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.Webhook, bytes.NewReader(message))
	if err != nil {
		return permanent(errors.New("the address of the webhook of " + to.Name + " is no URL"))
	}
	request.Header.Set("Content-Type", "application/json")
	wrote := false
	request = request.WithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { wrote = true }}))
	if err := begin(); err != nil {
		return err
	}
	secrets := secretsOfURL(to.Webhook)
	answer, err := p.web().Do(request)
	if err != nil {
		var address *url.Error
		if errors.As(err, &address) {
			err = address.Err
		}
		err = errors.New(secrets.hide(err.Error()))
		if wrote {
			return uncertain(err)
		}
		return temporary(err)
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, 64<<10))
	switch err := fmt.Errorf("slack answered %s %s", clip(secrets.hide(answer.Status), 100), clip(secrets.hide(string(said)), 100)); {
	case answer.StatusCode/100 == 2:
		return nil
	case answer.StatusCode == http.StatusTooManyRequests || answer.StatusCode/100 == 5:
		return &failure{err: err, later: true, wait: retryAfter(answer.Header.Get("Retry-After"), time.Now())}
	default:
		return permanent(err)
	}
}

// retryAfter reads how long somebody asks to wait: seconds, or until a date (RFC 9110, 10.2.3).
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseUint(strings.TrimSpace(header), 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(header); err == nil {
		return max(0, date.Sub(now))
	}
	return 0
}

// web is the client that posts. It follows no redirection: the message is for the webhook alone.
func (p *Post) web() *http.Client {
	if p.Web != nil {
		return p.Web
	}
	return &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}
